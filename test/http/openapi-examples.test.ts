import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormatsModule from 'ajv-formats';
import { expect } from 'chai';
import { commands } from '../../src/commands/registry.ts';
import { openApiDocument } from '../../src/http/openapi.ts';
import { queries } from '../../src/queries/registry.ts';
import { areasOf, type Description, type Operation } from '../../web/docs/description.ts';
import { bodyOf, curlOf, exampleOf } from '../../web/docs/example.ts';

describe('The page that shows the API', () => {
  const description = openApiDocument({ commands, queries, version: '0.0.0' }) as Description;
  const operations = areasOf(description, '').flatMap((area) => area.operations);
  const named = (id: string): Operation => {
    const operation = operations.find(({ operationId }) => operationId === id);
    if (operation === undefined) throw new Error(`There is no operation ${id}`);
    return operation;
  };

  it('has every operation in an area', () => {
    const all = Object.values(description.paths).flatMap((methods) => Object.keys(methods));
    expect(operations).to.have.length(all.length);
  });

  it('finds operations by the words they have', () => {
    const found = areasOf(description, 'POST order LINES').flatMap((area) => area.operations.map(({ operationId }) => operationId));
    expect(found).to.have.members(['addOrderLines', 'voidOrderLine', 'sendOrder']);
    expect(areasOf(description, 'nothing of the kind')).to.deep.equal([]);
  });

  it('shows bodies that the server would take', () => {
    const ajv = new Ajv2020({ strict: false });
    (addFormatsModule as unknown as (to: Ajv2020) => void)(ajv);
    const { components } = description;
    for (const operation of operations) {
      const body = bodyOf(operation);
      if (body === null) continue;
      for (const all of [false, true]) {
        const example = exampleOf(description, body, all);
        const valid = ajv.compile({ ...body, components });
        expect(valid(example), `${operation.operationId}: ${ajv.errorsText(valid.errors)} in ${JSON.stringify(example)}`).to.equal(true);
      }
    }
  });

  it('shows requests as one types them', () => {
    const at = 'http://localhost:3000';
    expect(curlOf(description, named('login'), at)).to.match(
      /^curl -X POST http:\/\/localhost:3000\/api\/v1\/auth\/login \\\n {2}-H 'Content-Type/,
    );
    expect(curlOf(description, named('login'), at)).to.not.include('Authorization');
    expect(curlOf(description, named('salesReport'), at)).to.match(/^curl 'http:.*\/reports\/sales\?from=2026-03-01&to=2026-03-01'/);
    expect(curlOf(description, named('sendOrder'), at))
      .to.include('Idempotency-Key: $(uuidgen)')
      .and.not.include('{orderId}');
  });

  it('tells refusals from answers', () => {
    const { answers } = named('openOrder');
    expect(answers.filter(({ problem }) => problem === null).map(({ status }) => status)).to.deep.equal(['201']);
    expect(answers.find(({ status }) => status === '409')?.problem).to.equal('Refused');
  });
});

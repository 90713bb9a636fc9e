import { expect } from 'chai';
import { commands } from '../../src/commands/registry.ts';
import { HttpProblem } from '../../src/http/problem.ts';
import { validator } from '../../src/http/validate.ts';
import { queries } from '../../src/queries/registry.ts';

/** Something that no schema of ours takes. */
const WRONG = 'not an object';

describe('Schemas of commands and queries', () => {
  const schemas = [
    ...commands.map(({ type: name, input }) => ({ name, schema: input })),
    ...queries.map(({ name, params }) => ({ name, schema: params })),
  ];

  for (const { name, schema } of schemas) {
    it(`of ${name} can be compiled`, () => {
      expect(() => validator(schema)(WRONG)).to.throw(HttpProblem);
    });
  }
});

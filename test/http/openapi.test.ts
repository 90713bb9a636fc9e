import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormatsModule from 'ajv-formats';
import { expect } from 'chai';
import Type from 'typebox';
import { commands } from '../../src/commands/registry.ts';
import { openApiDocument } from '../../src/http/openapi.ts';
import type { QueryDefinition } from '../../src/queries/query.ts';
import { queries } from '../../src/queries/registry.ts';

type Node = { readonly [name: string]: unknown };
type Operation = {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly security?: readonly object[];
  readonly parameters?: readonly Node[];
  readonly requestBody?: { readonly required: boolean; readonly content: Node };
  readonly responses: { readonly [status: string]: { readonly headers?: Node } };
};
type Document = {
  readonly tags: readonly { readonly name: string }[];
  readonly paths: { readonly [path: string]: { readonly [method: string]: Operation } };
  readonly components: { readonly schemas: { readonly [name: string]: Node } };
};

const query: QueryDefinition = {
  name: 'ticket-times',
  summary: 'How long tickets take',
  permission: 'report.read',
  path: '/ticket-times/{stationId}',
  params: Type.Object({
    stationId: Type.String(),
    from: Type.String({ format: 'date', description: 'a business day' }),
    limit: Type.Optional(Type.Integer()),
  }),
  answer: Type.Object({ items: Type.Array(Type.Object({ seconds: Type.Integer() })), revision: Type.Integer() }),
  reads: ['kitchen_board'],
  run: () => Promise.resolve({}),
  asOf: () => Promise.resolve({}),
};

const operationsIn = ({ paths }: Document) =>
  Object.entries(paths).flatMap(([path, item]) => Object.entries(item).map(([method, operation]) => ({ path, method, operation })));

/** Every node of the document. */
const nodes = (value: unknown): readonly Node[] => {
  if (Array.isArray(value)) return value.flatMap(nodes);
  if (typeof value !== 'object' || value === null) return [];
  return [value as Node, ...Object.values(value).flatMap(nodes)];
};

const resolved = (document: Document, node: Node): Node => {
  const { $ref } = node;
  if (typeof $ref !== 'string') return node;
  const found = $ref
    .slice('#/'.length)
    .split('/')
    .reduce<unknown>((at, name) => (at as Node | undefined)?.[name], document);
  if (found === undefined) throw new Error(`${$ref} leads nowhere`);
  return found as Node;
};

describe('The OpenAPI document', () => {
  const document = openApiDocument({ commands, queries: [...queries, query], version: '0.0.0' }) as Document;

  it('is valid OpenAPI 3.1', async () => {
    const { valid, errors } = await new Validator().validate(structuredClone(document));
    expect(errors ?? []).to.deep.equal([]);
    expect(valid).to.equal(true);
  });

  it('holds everything it refers to', () => {
    for (const node of nodes(document)) resolved(document, node);
  });

  it('has schemas that compile', () => {
    const ajv = new Ajv2020({ strict: true, strictTypes: false });
    (addFormatsModule as unknown as (to: Ajv2020) => void)(ajv);
    ajv.addVocabulary(['components', 'expected']);
    const { schemas } = document.components;
    for (const [name, schema] of Object.entries(schemas)) ajv.addSchema({ ...schema, components: { schemas } }, name, false, false);
    for (const name of Object.keys(schemas)) expect(ajv.getSchema(name), name).to.be.a('function');
  });

  it('declares every parameter of every path, once', () => {
    for (const { path, method, operation } of operationsIn(document)) {
      const declared = (operation.parameters ?? []).map((parameter) => resolved(document, parameter));
      const inPath = declared.filter((parameter) => parameter['in'] === 'path').map((parameter) => parameter['name']);
      expect(inPath, `${method} ${path}`).to.have.members([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
      const names = declared.map((parameter) => `${String(parameter['in'])} ${String(parameter['name'])}`);
      expect(new Set(names).size, `${method} ${path}`).to.equal(names.length);
    }
  });

  it('names each operation once, in an area that is explained', () => {
    const operations = operationsIn(document);
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).to.equal(ids.length);
    const areas = document.tags.map(({ name }) => name);
    for (const { operation } of operations) expect(areas).to.include.members([...operation.tags]);
  });

  it('shows every command that has a route, and no other', () => {
    const routed = commands.filter(({ route }) => route !== null);
    for (const { route, creates, type } of routed) {
      const operation = document.paths[`/api/v1${route?.path}`]?.[route?.method.toLowerCase() ?? ''];
      expect(operation?.operationId.toLowerCase()).to.equal(type.toLowerCase());
      expect(operation?.responses[creates ? '201' : '200']?.headers).to.have.keys('ETag', 'Log-Position');
      expect(operation?.responses).to.include.keys('409', '412', '422');
    }
    const hidden = commands.filter(({ route }) => route === null).map(({ type }) => type);
    for (const name of hidden) expect(document.components.schemas).to.not.have.property(name);
  });

  it('shows every query', () => {
    for (const { path, permission } of queries) {
      expect(document.paths[`/api/v1${path}`]?.['get'], path).to.have.property('x-permission', permission);
    }
  });

  it('asks in the body for what the path does not say', () => {
    const lines = document.components.schemas['AddOrderLines'] as { readonly required: readonly string[]; readonly properties: Node };
    expect(lines.required).to.deep.equal(['lines']);
    expect(lines.properties).to.have.keys('lines', 'occurredAt');
    expect(document.paths['/api/v1/orders/{orderId}/lines']?.['post']?.requestBody).to.have.property('required', true);
    expect(document.paths['/api/v1/orders/{orderId}/send']?.['post']?.requestBody).to.have.property('required', false);
    expect(document.paths['/api/v1/orders/{orderId}/lines/{lineId}']?.['delete']).to.not.have.property('requestBody');
  });

  it('writes money and quantities once', () => {
    const tender = document.components.schemas['TenderOrder'] as { readonly properties: Node };
    expect(tender.properties['amount']).to.deep.equal({ $ref: '#/components/schemas/Money' });
  });

  it('shows what a query takes and answers', () => {
    const operation = document.paths['/api/v1/ticket-times/{stationId}']?.['get'];
    expect(operation).to.include({ operationId: 'ticketTimes', summary: 'How long tickets take' });
    expect(operation?.tags).to.deep.equal(['Ticket times']);
    const declared = (operation?.parameters ?? []).map((parameter) => resolved(document, parameter));
    expect(declared.map(({ name, required }) => [name, required ?? false])).to.deep.equal([
      ['stationId', true],
      ['from', true],
      ['limit', false],
      ['asOf', false],
      ['Min-Position', false],
    ]);
    expect(operation?.responses['200']?.headers).to.have.keys('ETag');
    expect(operation?.responses).to.include.keys('404', '503');
  });

  it('says which questions need no token', () => {
    const open = operationsIn(document).filter(({ operation }) => operation.security?.length === 0);
    expect(open.map(({ path }) => path)).to.have.members([
      '/api/v1/auth/register',
      '/api/v1/auth/login',
      '/api/v1/auth/password/forgot',
      '/api/v1/auth/password/reset',
      '/api/v1/auth/refresh',
      '/api/v1/auth/logout',
      '/.well-known/jwks.json',
      '/health/live',
      '/health/ready',
    ]);
  });
});

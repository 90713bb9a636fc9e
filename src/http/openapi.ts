import type { CommandDefinition } from '../commands/command.ts';
import type { QueryDefinition } from '../queries/query.ts';
import { ownOperations } from './openapi/own-paths.ts';
import { ownSchemas } from './openapi/own-schemas.ts';
import { headers, parameters, responses, type Part } from './openapi/parts.ts';
import { commandOperation, queryOperation, type Operation } from './openapi/registry-paths.ts';
import { sharedSchemas } from './openapi/schemas.ts';
import { tagList } from './openapi/tags.ts';

export type Registries = {
  readonly commands: readonly CommandDefinition[];
  readonly queries: readonly QueryDefinition[];
  readonly version: string;
};

const DESCRIPTION = [
  'The back of a restaurant: what guests order, what the kitchen cooks, what is in the store-room, who sits where, who works when. Everything that happens is an event in an append-only log; everything these questions answer is a projection of it.',
  'Log in and send the access token as `Authorization: Bearer`. Send each command with an `Idempotency-Key`: a retry with the same key gives the first answer and has no second effect. A command answers with the revision it made (`ETag`) and its place in the log (`Log-Position`); a query that is sent this as `Min-Position` waits until it knows of it.',
  'Money is `{amount, currency}` in minor units. Times are ISO 8601 in UTC. Refusals are RFC 9457 problems with a stable `code`.',
].join('\n\n');

/** OpenAPI 3.1, from the registries and the routes beside them. */
export const openApiDocument = ({ commands, queries, version }: Registries): object => {
  const declared = [...queries.map(queryOperation), ...commands.map(commandOperation).filter((operation) => operation !== null)];
  const operations = [...declared.map((operation) => ({ ...operation, path: `/api/v1${operation.path}` })), ...ownOperations];
  return {
    openapi: '3.1.1',
    info: { title: 'Brigade', version, description: DESCRIPTION, license: { name: 'MIT', identifier: 'MIT' } },
    servers: [{ url: '/' }],
    security: [{ bearer: [] }],
    tags: tagList(new Set(operations.map(tagIn))),
    paths: pathsOf(operations),
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      parameters,
      headers,
      responses,
      schemas: { ...sharedSchemas(), ...ownSchemas, ...Object.assign({}, ...operations.map(({ schemas }) => schemas)) },
    },
  };
};

const tagIn = ({ operation }: Operation): string => (operation['tags'] as readonly string[])[0] ?? '';

const pathsOf = (operations: readonly Operation[]): Part => {
  const paths: { [path: string]: { [method: string]: Part } } = {};
  for (const { path, method, operation } of operations) (paths[path] ??= {})[method] = operation;
  return paths;
};

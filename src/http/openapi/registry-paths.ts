import Type from 'typebox';
import type { CommandDefinition } from '../../commands/command.ts';
import type { QueryDefinition } from '../../queries/query.ts';
import { answer, json, parameterRef, problems, schemaRef, type Part } from './parts.ts';
import { written } from './schemas.ts';
import { tagOf } from './tags.ts';

/** One operation with the schemas it brings into the components. */
export type Operation = { readonly path: string; readonly method: string; readonly operation: Part; readonly schemas: Part };

type Schema = Type.TSchema;

const OccurredAt = Type.Optional(Type.String({ format: 'date-time', description: 'when it happened, where that was before now' }));

const namesIn = (path: string): readonly string[] => [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '');

const isRequired = ({ required }: { readonly required?: readonly string[] }, name: string): boolean => required?.includes(name) === true;

const parameter = (name: string, place: 'path' | 'query', schema: Schema, required: boolean): Part => {
  const { description, ...rest } = written(schema);
  return { name, in: place, required, ...(description === undefined ? {} : { description }), schema: rest };
};

const pathParameters = (path: string, properties: { readonly [name: string]: Schema }): readonly Part[] =>
  namesIn(path).map((name) => parameter(name, 'path', properties[name] ?? Type.String(), true));

const needs = (permission: string | null): Part =>
  permission === null ? {} : { description: `Needs the permission \`${permission}\`.`, 'x-permission': permission };

/** Null for a command that only the system itself sends. */
export const commandOperation = ({ type, summary, permission, route, creates, input, approvable }: CommandDefinition): Operation | null => {
  if (route === null) return null;
  const inPath = namesIn(route.path);
  const body = Object.entries(input.properties).filter(([name]) => !inPath.includes(name));
  const schema = written(Type.Object({ ...Object.fromEntries(body), occurredAt: OccurredAt }, { additionalProperties: false }));
  // What a body of a DELETE means is not defined, and servers may drop it.
  const takesBody = route.method !== 'DELETE';
  const requestBody = { required: body.some(([name]) => isRequired(input, name)), content: json(schemaRef(type)) };
  return {
    path: route.path,
    method: route.method.toLowerCase(),
    schemas: takesBody ? { [type]: schema } : {},
    operation: {
      operationId: type.charAt(0).toLowerCase() + type.slice(1),
      tags: [tagOf(route.path)],
      summary,
      ...needs(permission),
      parameters: [
        ...pathParameters(route.path, input.properties),
        parameterRef('IdempotencyKey'),
        parameterRef('IfMatch'),
        ...(approvable === undefined ? [] : [parameterRef('Approval')]),
      ],
      ...(takesBody ? { requestBody } : {}),
      responses: {
        [creates ? 201 : 200]: answer(creates ? 'Made' : 'Done', schemaRef('Accepted'), ['ETag', 'Log-Position']),
        ...problems(400, 401, 403, 404, 409, 412, 413, 415, 422, 503),
      },
    },
  };
};

const pascalCase = (name: string): string => name.replaceAll(/(?:^|[-_ ])(\w)/g, (_match, letter: string) => letter.toUpperCase());

export const queryOperation = (definition: QueryDefinition): Operation => {
  const { name, summary, permission, path, params, answer: schema, reads } = definition;
  const inPath = namesIn(path);
  const inQuery = Object.entries(params.properties).filter(([property]) => !inPath.includes(property));
  const pascal = pascalCase(name);
  const hasRevision = 'properties' in schema && Object.hasOwn(schema.properties as object, 'revision');
  return {
    path,
    method: 'get',
    schemas: { [`${pascal}Answer`]: written(schema) },
    operation: {
      operationId: pascal.charAt(0).toLowerCase() + pascal.slice(1),
      tags: [tagOf(path)],
      summary,
      ...needs(permission),
      parameters: [
        ...pathParameters(path, params.properties),
        ...inQuery.map(([property, of]) => parameter(property, 'query', of, isRequired(params, property))),
        ...(definition.asOf === undefined ? [] : [parameterRef('AsOf')]),
        ...(reads.length === 0 ? [] : [parameterRef('MinPosition')]),
      ],
      responses: {
        200: answer('The answer', schemaRef(`${pascal}Answer`), hasRevision ? ['ETag'] : []),
        ...problems(400, 401, 403, ...(inPath.length > 0 ? [404 as const] : []), 503),
      },
    },
  };
};

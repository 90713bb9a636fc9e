import { json, schemaRef, type Part } from './parts.ts';
import type { Operation } from './registry-paths.ts';
import { tagOf } from './tags.ts';

export const API = '/api/v1';

export const at = (method: 'get' | 'post' | 'put' | 'delete', path: string, operation: Part): Operation => ({
  method,
  path,
  schemas: {},
  operation: { tags: [tagOf(path.replace(API, ''))], ...operation },
});

export const takes = (schema: string, required = true): Part => ({ requestBody: { required, content: json(schemaRef(schema)) } });
export const needs = (permission: string): Part => ({ description: `Needs the permission \`${permission}\`.`, 'x-permission': permission });
export const parameter = (name: string, place: 'path' | 'query', schema: Part, description = ''): Part => ({
  name,
  in: place,
  required: place === 'path',
  ...(description === '' ? {} : { description }),
  schema,
});
export const text: Part = { type: 'string' };
/** Asked without an access token. */
export const OPEN: Part = { security: [] };

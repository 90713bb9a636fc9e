import type { TSchema } from 'typebox';
import { Money, Quantity } from '../../commands/schema.ts';
import { schemaRef, type Part } from './parts.ts';

const shared: { readonly [name: string]: TSchema } = { Money, Quantity };
const nameByShape = new Map(Object.entries(shared).map(([name, schema]) => [JSON.stringify(schema), name]));

/** The schemas that many others hold. */
export const sharedSchemas = (): Part => Object.fromEntries(Object.entries(shared).map(([name, schema]) => [name, plain(schema)]));

/** As plain JSON Schema, with the shared ones inside it by reference. */
export const written = (schema: TSchema): Part => {
  const name = nameByShape.get(JSON.stringify(schema));
  return name === undefined ? (withRefs(plain(schema)) as Part) : schemaRef(name);
};

const plain = (schema: TSchema): Part => JSON.parse(JSON.stringify(schema)) as Part;

const withRefs = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withRefs);
  if (typeof value !== 'object' || value === null) return value;
  const name = nameByShape.get(JSON.stringify(value));
  if (name !== undefined) return schemaRef(name);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withRefs(item)]));
};

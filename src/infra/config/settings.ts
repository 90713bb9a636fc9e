import { Ajv2020 } from 'ajv/dist/2020.js';
import type { TSchema } from 'typebox';

/** One leaf of the configuration. `path` is in snake case: `server.port`. */
export type Setting = { readonly path: string; readonly schema: TSchema; readonly nullable: boolean };

/** Type-free reading of what a JSON schema says; typebox schemas are plain objects. */
type Schema = {
  readonly type?: string;
  readonly properties?: { readonly [name: string]: TSchema };
  readonly anyOf?: readonly TSchema[];
  readonly items?: TSchema;
  readonly enum?: readonly string[];
  readonly expected?: string;
};
const reading = (schema: TSchema): Schema => schema;

const snakeCase = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const camelCase = (name: string): string => name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** All leaves of a schema of nested objects. */
export const settingsOf = (schema: TSchema, path: readonly string[] = []): readonly Setting[] => {
  const { properties, anyOf } = reading(schema);
  if (properties !== undefined) return Object.entries(properties).flatMap(([name, inner]) => settingsOf(inner, [...path, snakeCase(name)]));
  const [only] = anyOf ?? [];
  return [{ path: path.join('.'), schema: only ?? schema, nullable: only !== undefined }];
};

/** The environment has only texts; what is none of the wanted type stays one, and is refused by `problemWith`. */
export const fromText = ({ schema, nullable }: Setting, written: string): unknown => {
  const { type } = reading(schema);
  const trimmed = written.trim();
  if (nullable && trimmed === '') return null;
  if (type === 'array') return trimmed === '' ? [] : trimmed.split(',').map((item) => item.trim());
  if ((type === 'integer' || type === 'number') && /^-?\d+(\.\d+)?$/.test(trimmed)) return Number(trimmed);
  if (type === 'boolean' && /^(true|false)$/.test(trimmed)) return trimmed === 'true';
  return written;
};

const expected = (schema: TSchema): string | null => {
  const { expected: said, enum: allowed, items, type } = reading(schema);
  const words = said ?? (allowed === undefined ? null : `one of ${allowed.join(', ')}`);
  if (words !== null) return words;
  return items === undefined ? (type === 'boolean' ? 'true or false' : null) : expected(items);
};

/** Says of one setting's value what is wrong with it, or null. Values are not repeated: some are secrets. */
export type Check = (setting: Setting, value: unknown) => string | null;

/** Compiles all at once, which costs a start less than one after the other. */
export const checkOf = (settings: readonly Setting[]): Check => {
  const ajv = new Ajv2020({ strict: false });
  const valid = ajv.compile({ properties: Object.fromEntries(settings.map(({ path, schema }) => [path, schema])) });
  return ({ path, schema, nullable }, value) => {
    if ((value === null && nullable) || valid({ [path]: value })) return null;
    const [error] = valid.errors ?? [];
    if (error?.keyword === 'uniqueItems') return 'must not have duplicate items';
    const words = expected(schema);
    return words === null ? (error?.message ?? 'is wrong') : `must be ${words}`;
  };
};

type Tree = { [name: string]: unknown };

/** Nested objects in camel case. */
export const treeOf = (values: ReadonlyMap<string, unknown>): Tree => {
  const tree: Tree = {};
  for (const [path, value] of values) {
    const names = path.split('.').map(camelCase);
    const parent = names.slice(0, -1).reduce<Tree>((at, name) => (at[name] ??= {}) as Tree, tree);
    parent[names.at(-1) ?? ''] = value;
  }
  return tree;
};

import { randomUUID } from 'node:crypto';
import { commands } from '../../src/commands/registry.ts';
import type { CommandDefinition } from '../../src/commands/command.ts';
import { openApiDocument } from '../../src/http/openapi.ts';
import { queries } from '../../src/queries/registry.ts';
import type { QueryDefinition } from '../../src/queries/query.ts';
import { areasOf, type Description, type Operation } from '../../web/docs/description.ts';
import { bodyOf, exampleOf } from '../../web/docs/example.ts';

export type Fields = { readonly [name: string]: unknown };
type Ids = { readonly [name: string]: string };
export type Request = { readonly method: string; readonly path: string; readonly body?: Fields };

const description = openApiDocument({ commands, queries, version: '0.0.0' }) as Description;
const operations = areasOf(description, '').flatMap((area) => area.operations);

export type RoutedCommand = CommandDefinition & {
  readonly route: NonNullable<CommandDefinition['route']>;
  readonly permission: string;
};
const isRouted = (definition: CommandDefinition): definition is RoutedCommand =>
  definition.route !== null && definition.permission !== null;
/** Every command that has a door. */
export const routedCommands: readonly RoutedCommand[] = commands.filter(isRouted);

const operationOf = (method: string, path: string): Operation => {
  const found = operations.find((operation) => operation.method.toUpperCase() === method && operation.path === `/api/v1${path}`);
  if (found === undefined) throw new Error(`The description lacks ${method} ${path}`);
  return found;
};

export const pathWith = (path: string, ids: Ids): string => path.replaceAll(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? randomUUID());

const FITTING: Fields = { timeZone: 'UTC', lastFour: '4242', displayUnit: 'kg', unit: 'kg', day: '2026-03-01' };

const meant = (value: unknown, ids: Ids, name = ''): unknown => {
  if (Array.isArray(value)) return value.map((item) => meant(item, ids, name));
  if (typeof value !== 'object' || value === null) return ids[name] ?? FITTING[name] ?? value;
  return Object.fromEntries(Object.entries(value).map(([inner, item]) => [inner, meant(item, ids, inner)]));
};

/** A request that fits its schema, about the things with these ids; what a command makes has a new id. */
export const requestOf = ({ route, creates }: RoutedCommand, ids: Ids, own: string): Request => {
  const about = creates ? { ...ids, [own]: randomUUID() } : ids;
  const schema = bodyOf(operationOf(route.method, route.path));
  const path = pathWith(route.path, about);
  if (schema === null) return { method: route.method, path };
  return { method: route.method, path, body: meant(exampleOf(description, schema, true), about) as Fields };
};

/** The id of what a command is about, as `orderId` for an order. */
export const ownIdOf = ({ aggregate, input }: CommandDefinition): string => {
  const name = `${aggregate.name.charAt(0).toLowerCase()}${aggregate.name.slice(1)}Id`;
  return name in input.properties ? name : (Object.keys(input.properties)[0] ?? '');
};

const REQUIRED: Ids = { from: '2026-01-01', to: '2026-12-31' };

/** A question that fits its schema, asked without more than it needs. */
export const questionOf = ({ path, params }: QueryDefinition, ids: Ids, more: Ids = {}): string => {
  const needed = Object.keys(params.properties).filter((name) => name in REQUIRED && (params.required ?? []).includes(name));
  const given = { ...Object.fromEntries(needed.map((name) => [name, REQUIRED[name] ?? ''])), ...more };
  const query = new URLSearchParams(given).toString();
  return pathWith(path, ids) + (query === '' ? '' : `?${query}`);
};

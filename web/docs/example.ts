import { schemaNamed, type Description, type Operation, type Schema } from './description.ts';

const ID = '0198a3c2-7b1e-7c44-9d0a-5f2b6e8c1a37';
const BY_FORMAT: { readonly [format: string]: string } = { uuid: ID, 'date-time': '2026-03-01T18:30:00Z', date: '2026-03-01' };
const BY_NAME: { readonly [name: string]: unknown } = {
  id: ID,
  ticketId: `${ID}.1`,
  stationId: 'grill',
  station: 'grill',
  categoryId: 'mains',
  currency: 'USD',
  email: 'owner@brigade.local',
  name: 'Hamburger',
  reason: 'dropped',
  stream: `Order-${ID}`,
  timeZone: 'America/New_York',
  dayStartsAt: '04:00',
  lastFour: '4242',
  amount: 1250,
  position: 4211,
  revision: 3,
  prepSeconds: 480,
  warnSeconds: 420,
  lateSeconds: 600,
  covers: 2,
};

/** What a value could look like; `all` shows what may be left out as well. */
export const exampleOf = (description: Description, given: Schema, all: boolean, name = ''): unknown => {
  const schema = schemaNamed(description, given);
  if (schema.const !== undefined) return schema.const;
  if (schema.examples !== undefined) return schema.examples[0];
  if (schema.enum !== undefined) return schema.enum[0];
  if (schema.anyOf !== undefined) return exampleOf(description, schema.anyOf[0] ?? {}, all, name);
  const type = typeof schema.type === 'string' ? schema.type : schema.type?.[0];
  if (type === 'object') return exampleObject(description, schema, all);
  if (type === 'array') return [exampleOf(description, schema.items ?? {}, all, name)];
  if (type === 'integer' || type === 'number') return BY_NAME[name] ?? Math.max(schema.minimum ?? 1, 1);
  if (type === 'boolean') return true;
  if (type === 'string') return BY_NAME[name] ?? BY_FORMAT[schema.format ?? ''] ?? '…';
  return {};
};

const exampleObject = (description: Description, { properties = {}, required = [] }: Schema, all: boolean): object =>
  Object.fromEntries(
    Object.entries(properties)
      .filter(([name]) => all || required.includes(name))
      .map(([name, schema]) => [name, exampleOf(description, schema, all, name)]),
  );

export const bodyOf = ({ requestBody }: Operation): Schema | null => requestBody?.content['application/json']?.schema ?? null;

const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

/** The operation as one types it. */
export const curlOf = (description: Description, operation: Operation, origin: string): string => {
  const { method, path, parameters, security } = operation;
  const filled = parameters
    .filter((parameter) => parameter.in === 'path')
    .reduce((text, { name, schema }) => text.replace(`{${name}}`, String(exampleOf(description, schema, false, name))), path);
  const wanted = parameters.filter((parameter) => parameter.in === 'query' && parameter.required === true);
  const query = wanted.map(({ name, schema }) => `${name}=${String(exampleOf(description, schema, false, name))}`).join('&');
  const url = `${origin}${filled}${query === '' ? '' : `?${query}`}`;
  const body = bodyOf(operation);
  const takesKey = parameters.some(({ name }) => name === 'Idempotency-Key');
  return [
    `curl${method === 'get' ? '' : ` -X ${method.toUpperCase()}`} ${query === '' ? url : quoted(url)}`,
    ...(security?.length === 0 ? [] : ['-H "Authorization: Bearer $TOKEN"']),
    ...(takesKey ? ['-H "Idempotency-Key: $(uuidgen)"'] : []),
    ...(body === null
      ? []
      : ["-H 'Content-Type: application/json'", `-d ${quoted(JSON.stringify(exampleOf(description, body, false), null, 2))}`]),
  ].join(' \\\n  ');
};

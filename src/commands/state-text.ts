/** Marks what JSON has no word for; an object of a state that has such a key itself is marked too. */
const MAP = '$map';
const SET = '$set';
const OBJECT = '$object';
const MARKS: readonly string[] = [MAP, SET, OBJECT];

type Plain = { readonly [name: string]: unknown };

const isPlain = (value: object): boolean => [Object.prototype, null].includes(Object.getPrototypeOf(value) as object | null);

const encode = (value: unknown): unknown => {
  if (typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0))) throw new TypeError(`${value} has no JSON`);
  if (value === null || ['string', 'number', 'boolean'].includes(typeof value)) return value;
  if (Array.isArray(value)) return Array.from(value, encode);
  if (value instanceof Map) return { [MAP]: [...value].map(([key, inner]) => [encode(key), encode(inner)]) };
  if (value instanceof Set) return { [SET]: [...value].map(encode) };
  if (typeof value !== 'object' || !isPlain(value)) throw new TypeError(`A state holds what has no JSON: ${typeof value}`);
  const encoded = Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, encode(inner)]));
  return Object.keys(value).some((name) => MARKS.includes(name)) ? { [OBJECT]: encoded } : encoded;
};

const object = (value: Plain): Plain => Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, decode(inner)]));

const decode = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(decode);
  const plain = value as Plain;
  if (Object.hasOwn(plain, MAP))
    return new Map((plain[MAP] as readonly [unknown, unknown][]).map(([key, inner]) => [decode(key), decode(inner)]));
  if (Object.hasOwn(plain, SET)) return new Set((plain[SET] as readonly unknown[]).map(decode));
  return object(Object.hasOwn(plain, OBJECT) ? (plain[OBJECT] as Plain) : plain);
};

/** A decider's state as text, with its Maps and Sets. Throws a TypeError for what would not come back the same. */
export const stateText = (state: unknown): string => JSON.stringify(encode(state));

export const stateFrom = (text: string): unknown => decode(JSON.parse(text));

import type { Json } from './decider.ts';

/** Whether two pieces of data say the same; the order of an object's keys says nothing. */
export const same = (a: Json, b: Json): boolean => {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) return Array.isArray(a) && Array.isArray(b) && sameLists(a, b);
  return sameFields(a as Fields, b as Fields);
};

type Fields = { readonly [key: string]: Json };

const sameLists = (a: readonly Json[], b: readonly Json[]): boolean =>
  a.length === b.length && a.every((item, index) => same(item, b[index] ?? null));

const sameFields = (a: Fields, b: Fields): boolean => {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && same(a[key] ?? null, b[key] ?? null));
};

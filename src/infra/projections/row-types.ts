import type { Row } from '../../projections/projection.ts';

const BIGINT = 20;
const BOOLEAN = 16;
const JSON_TYPE = 114;
const TIMESTAMPTZ = 1184;

const parsers = new Map<number, (text: string) => Row[string]>([
  [BIGINT, Number],
  [BOOLEAN, (text) => text === 't'],
  [JSON_TYPE, (text) => JSON.parse(text) as Row[string]],
  [TIMESTAMPTZ, (text) => new Date(text).toISOString()],
]);
const asText = (text: string): string => text;

/** Reads columns back as folds write them: integers as numbers, times as ISO 8601. */
export const rowTypes = { getTypeParser: (oid: number) => parsers.get(oid) ?? asText };

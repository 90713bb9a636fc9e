import type { SignedEnd, SignedHead } from './head.ts';

/** Chain values are given for so many events at most in one line. */
export const VALUES_A_LINE = 100;

/** What stands in an export between its events; written in one way only, so that a line that reads alike but looks other is another. */
export const valuesLine = (values: readonly string[], position: number): string => `{"chain":"${values.join('')}","position":${position}}`;

/** In place of an event that is not for the asker's eyes. */
export const hiddenLine = (position: number, leaf: string): string => `{"position":${position},"leaf":"${leaf}"}`;

export const headLine = ({ after, position, chain, root, signedAt, keyId, signature }: SignedHead): string =>
  JSON.stringify({ head: { after, position, chain, root, signedAt, keyId, signature } });

export const endLine = ({ after, position, chain, signedAt, keyId, signature }: SignedEnd): string =>
  JSON.stringify({ end: { after, position, chain, signedAt, keyId, signature } });

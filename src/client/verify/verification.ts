import type { KeyObject } from 'node:crypto';
import { GENESIS, leafOf, link } from '../../proof/chain.ts';
import { endLine, headLine, VALUES_A_LINE, valuesLine } from '../../proof/export-lines.ts';
import { isSignedEnd, isSignedHead, type SignedEnd, type SignedHead } from '../../proof/head.ts';
import { rootOf } from '../../proof/tree.ts';
import { Tampered } from './tampered.ts';

export type Verified = { readonly events: number; readonly heads: number; readonly end: SignedEnd };

export type Verification = {
  /** One line without its end. Throws Tampered. */
  readonly line: (line: Buffer) => void;
  /** After the last line. Throws Tampered where the end is missing. */
  readonly finish: () => Verified;
  /** Of the last event seen. */
  readonly position: () => number;
};

export type Given = {
  /** By their ids. */
  readonly keys: ReadonlyMap<string, KeyObject>;
  /** Heads kept elsewhere, by their positions; their signatures were checked. */
  readonly kept: ReadonlyMap<number, SignedHead>;
};

const startsWith = (line: Buffer, start: string): boolean => line.toString('latin1', 0, start.length) === start;

const parsed = (line: Buffer): { readonly [name: string]: unknown } | null => {
  try {
    const value: unknown = JSON.parse(line.toString());
    return typeof value === 'object' && value !== null ? { ...value } : null;
  } catch {
    return null;
  }
};

const HIDDEN = /^\{"position":(\d+),"leaf":"([0-9a-f]{64})"\}$/;
const HEX = 64;

/** Follows an export line by line, and holds against it what it says about itself. */
export const verification = ({ keys, kept }: Given): Verification => {
  let last = 0;
  let chain: Buffer = GENESIS;
  /** Of the events since the last line of values; leaves: since the last head. */
  let values: string[] = [];
  let leaves: Buffer[] = [];
  let headAt = 0;
  let heads = 0;
  let keptAt = 0;
  let end: SignedEnd | null = null;

  const missing = (position: number, found: unknown): Tampered =>
    new Tampered('removed', position, `Position ${position} is missing: ${String(found)} stands in its place.`);
  const unreadable = (position: number): Tampered => new Tampered('changed', position, `What stands at position ${position} is no event.`);
  const rewritten = (after: number, position: number): Tampered =>
    new Tampered(
      'rewritten',
      after + 1,
      `Between the positions ${after + 1} and ${position} something was rewritten: it is not what was signed.`,
    );

  const add = (leaf: Buffer): void => {
    if (values.length === VALUES_A_LINE) throw valuesMissing();
    last += 1;
    chain = link(chain, leaf);
    leaves.push(leaf);
    values.push(chain.toString('hex'));
  };
  const valuesMissing = (): Tampered => {
    const position = last - values.length + 1;
    return new Tampered('removed', position, `The hashes of position ${position} and on are missing.`);
  };

  const event = (line: Buffer): void => {
    const expected = last + 1;
    if (!line.includes(`","position":${expected},"stream":"`)) {
      const position = parsed(line)?.['position'];
      if (typeof position !== 'number') throw unreadable(expected);
      if (position > expected) throw missing(expected, position);
      if (position < expected) throw new Tampered('inserted', expected, `Before position ${expected} stands one more ${position}.`);
    }
    add(leafOf(line));
  };

  const hidden = (line: Buffer): void => {
    const [, position, leaf] = HIDDEN.exec(line.toString()) ?? [];
    if (leaf === undefined) throw unreadable(last + 1);
    if (position !== String(last + 1)) throw missing(last + 1, position);
    add(Buffer.from(leaf, 'hex'));
  };

  /** What was sent elsewhere must still be so. */
  const compareKept = (): void => {
    values.forEach((value, index) => {
      const position = last - values.length + 1 + index;
      const head = kept.get(position);
      if (head === undefined) return;
      if (head.chain !== value) throw rewritten(keptAt, position);
      keptAt = position;
    });
  };

  const chainValues = (line: Buffer): void => {
    const text = line.toString();
    if (values.length === 0) throw new Tampered('inserted', last + 1, `Before position ${last + 1} stands a line too many.`);
    if (text !== valuesLine(values, last)) {
      const said = text.slice('{"chain":"'.length);
      const first = values.findIndex((value, index) => said.slice(index * HEX, (index + 1) * HEX) !== value);
      if (first === -1) throw new Tampered('removed', last + 1, `Position ${last + 1} is missing: the hashes go on.`);
      const position = last - values.length + 1 + first;
      throw new Tampered('changed', position, `Position ${position} was changed: its hash is another than the chain has there.`);
    }
    if (kept.size > 0) compareKept();
    values = [];
  };

  const keyOf = (keyId: string): KeyObject => {
    const key = keys.get(keyId);
    if (key !== undefined) return key;
    throw new Tampered('unsigned', headAt + 1, `From position ${headAt + 1} on it is signed by a key that was not given (${keyId}).`);
  };

  const inOrder = (what: string, { after, position }: SignedEnd): void => {
    if (values.length > 0) throw valuesMissing();
    if (after !== headAt) throw new Tampered('removed', headAt + 1, `A signed head that covers position ${headAt + 1} is missing.`);
    if (position > last) {
      const unsure = `${what} is of position ${position}, and no other signature covers what stands from ${headAt + 1} on.`;
      throw new Tampered('removed', last + 1, `Position ${last + 1} is missing: ${unsure}`);
    }
    if (position < last) throw new Tampered('inserted', position + 1, `${what} of position ${position} stands after ${last}.`);
  };

  const head = (line: Buffer): void => {
    const said = parsed(line)?.['head'] as SignedHead | null | undefined;
    if (said === undefined || said === null || line.toString() !== headLine(said)) {
      throw new Tampered('changed', headAt + 1, `The signed head that covers position ${headAt + 1} is damaged.`);
    }
    inOrder('The signed head', said);
    if (!isSignedHead(said, keyOf(said.keyId)))
      throw new Tampered('unsigned', headAt + 1, `The head at position ${last} has a false signature.`);
    if (said.chain !== chain.toString('hex') || said.root !== rootOf(leaves).toString('hex')) throw rewritten(headAt, last);
    leaves = [];
    headAt = last;
    heads += 1;
  };

  const ending = (line: Buffer): void => {
    const said = parsed(line)?.['end'] as SignedEnd | null | undefined;
    if (said === undefined || said === null || line.toString() !== endLine(said))
      throw new Tampered('cut-off', last + 1, `The end, after position ${last}, is damaged.`);
    inOrder('The end', said);
    if (!isSignedEnd(said, keyOf(said.keyId)))
      throw new Tampered('unsigned', headAt + 1, `The end, after position ${last}, has a false signature.`);
    if (said.chain !== chain.toString('hex')) throw rewritten(headAt, last);
    end = said;
  };

  return {
    position: () => last,
    line: (line) => {
      if (end !== null) throw new Tampered('inserted', last + 1, `After the end, position ${last}, something was added.`);
      if (startsWith(line, '{"type":')) return event(line);
      if (startsWith(line, '{"chain":')) return chainValues(line);
      if (startsWith(line, '{"position":')) return hidden(line);
      if (startsWith(line, '{"head":')) return head(line);
      if (startsWith(line, '{"end":')) return ending(line);
      throw unreadable(last + 1);
    },
    finish: () => {
      if (end === null) throw new Tampered('cut-off', last + 1, `It was cut off: the signed end is missing after position ${last}.`);
      const further = Math.max(0, ...kept.keys());
      if (further > last)
        throw new Tampered('cut-off', last + 1, `It was cut off after position ${last}: the head kept elsewhere is at ${further}.`);
      return { events: last, heads, end };
    },
  };
};

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Rejection } from '../../domain/rejection.ts';

const SHORTEST = 12;
const LONGEST = 128;
/** A phrase of this many different words is no longer what people try first. */
const ENOUGH_WORDS = 3;
const ENOUGH_OF_HIS_OWN = 6;

/** The words that passwords which were stolen and published are most often made of. */
const words: ReadonlySet<string> = new Set(
  readFileSync(join(import.meta.dirname, 'common-words.txt'), 'utf8')
    .split(/\s+/)
    .filter((word) => word.length > 1),
);
const LONGEST_WORD = Math.max(...[...words].map((word) => word.length));

const ROWS = ['01234567890', 'abcdefghijklmnopqrstuvwxyz', 'qwertyuiop', 'asdfghjkl', 'zxcvbnm', 'qwertzuiop', 'azertyuiop'];
const SEQUENCES: readonly string[] = [...ROWS, ...ROWS.map((row) => row.split('').toReversed().join(''))];
const LEET: { readonly [sign: string]: string } = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '8': 'b',
  '@': 'a',
  $: 's',
  '!': 'i',
};

/** Refuses what is too short or long, what is tried first by whoever guesses, and what is made of the e-mail address or the name. */
export const requireGoodPassword = (password: string, person: { readonly email: string; readonly fullName: string }): void => {
  const { length } = Array.from(password);
  if (length < SHORTEST || length > LONGEST)
    throw new Rejection('password-length', `A password has ${SHORTEST} to ${LONGEST} characters: take a few words of your own.`);
  if (isCommon(password)) throw new Rejection('password-common', 'This password is among those tried first: take a few words of your own.');
  if (isOfPerson(password, person))
    throw new Rejection('password-personal', 'A password must not be made of the e-mail address or the name: take other words.');
};

const isCommon = (password: string): boolean => {
  const plain = password.normalize('NFKD').toLowerCase();
  return new Set(plain).size < 5 || madeOfFewWords(plain);
};

/** Whether nothing is left when common words, rows of keys, repeats, digits and signs are taken out, and the words are few. */
const madeOfFewWords = (text: string): boolean => {
  const fewest: (ReadonlySet<string> | null)[] = [new Set()];
  for (let end = 1; end <= text.length; end++) {
    fewest[end] = null;
    for (let start = Math.max(0, end - Math.max(LONGEST_WORD, 12)); start < end; start++) {
      const before = fewest[start] ?? null;
      const name = before === null ? null : nameOf(text.slice(start, end));
      if (before === null || name === null) continue;
      const added = name === '' ? before : new Set([...before, name]);
      const best = fewest[end] ?? null;
      if (best === null || added.size < best.size) fewest[end] = added;
    }
  }
  const found = fewest[text.length] ?? null;
  return found !== null && found.size < ENOUGH_WORDS;
};

/** Null: nothing common; '': what adds nothing. */
const nameOf = (piece: string): string | null => {
  const word = words.has(piece) ? piece : piece.replaceAll(/[0-9@$!]/g, (sign) => LEET[sign] ?? sign);
  if (words.has(word)) return word;
  if (/^[^a-z]+$/.test(piece)) return '';
  if (piece.length >= 3 && SEQUENCES.some((row) => row.includes(piece))) return '';
  return piece.length >= 3 && new Set(piece).size === 1 ? '' : null;
};

const isOfPerson = (password: string, { email, fullName }: { readonly email: string; readonly fullName: string }): boolean => {
  const parts = `${email} ${fullName}`.toLowerCase().split(/[^\p{L}\p{N}]+/u);
  const longestFirst = parts.filter((part) => part.length >= 3).toSorted((a, b) => b.length - a.length);
  const left = longestFirst.reduce((text, part) => text.replaceAll(part, ''), password.toLowerCase());
  return left.length < password.length && left.replaceAll(/[^\p{L}]/gu, '').length < ENOUGH_OF_HIS_OWN;
};

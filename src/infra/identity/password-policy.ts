import { Rejection } from '../../domain/rejection.ts';
import { commonWords } from './common-words.ts';

const SHORTEST = 12;
const LONGEST = 128;
/** A phrase of this many different words is no longer what people try first. */
const ENOUGH_WORDS = 3;
const ENOUGH_OF_HIS_OWN = 6;
/** A hundred million: what zxcvbn calls safely unguessable, where each try costs an argon2id hash. */
const ENOUGH_TRIES = 8;

const LONGEST_WORD = Math.max(...[...commonWords].map((word) => word.length));

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

export type PasswordOwner = { readonly email: string; readonly fullName: string };
/** `triesToFind` as a power of ten (see password-strength.ts). */
export type PasswordJudges = {
  readonly triesToFind: (password: string, ofPerson: readonly string[]) => Promise<number>;
  readonly isBreached: (password: string) => Promise<boolean>;
};

const common = (): Rejection => new Rejection('password-common', 'This password is among those tried first: take a few words of your own.');

/** What costs next to nothing to see: too short or long, of few common words, or made of the e-mail address or the name. */
export const requireGoodPassword = (password: string, person: PasswordOwner): void => {
  const { length } = Array.from(password);
  if (length < SHORTEST || length > LONGEST)
    throw new Rejection('password-length', `A password has ${SHORTEST} to ${LONGEST} characters: take a few words of your own.`);
  if (isCommon(password)) throw common();
  if (isOfPerson(password, person))
    throw new Rejection('password-personal', 'A password must not be made of the e-mail address or the name: take other words.');
};

/** What costs more: how soon somebody finds it who has lists of breached passwords. */
export const requireHardToGuess = async (
  password: string,
  person: PasswordOwner,
  { triesToFind, isBreached }: PasswordJudges,
): Promise<void> => {
  if (await isBreached(password)) throw common();
  if ((await triesToFind(password, partsOf(person))) < ENOUGH_TRIES) throw common();
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
  const word = commonWords.has(piece) ? piece : piece.replaceAll(/[0-9@$!]/g, (sign) => LEET[sign] ?? sign);
  if (commonWords.has(word)) return word;
  if (/^[^a-z]+$/.test(piece)) return '';
  if (piece.length >= 3 && SEQUENCES.some((row) => row.includes(piece))) return '';
  return piece.length >= 3 && new Set(piece).size === 1 ? '' : null;
};

const partsOf = ({ email, fullName }: PasswordOwner): readonly string[] =>
  `${email} ${fullName}`
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((part) => part.length >= 3);

const isOfPerson = (password: string, person: PasswordOwner): boolean => {
  const longestFirst = partsOf(person).toSorted((a, b) => b.length - a.length);
  const left = longestFirst.reduce((text, part) => text.replaceAll(part, ''), password.toLowerCase());
  return left.length < password.length && left.replaceAll(/[^\p{L}]/gu, '').length < ENOUGH_OF_HIS_OWN;
};

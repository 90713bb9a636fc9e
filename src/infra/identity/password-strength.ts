import { ZxcvbnFactory } from '@zxcvbn-ts/core';
import { adjacencyGraphs, dictionary } from '@zxcvbn-ts/language-common';
import { commonWords } from './common-words.ts';

/** What a password begins with is enough to be strong; to judge a longer text costs more than twice as much. */
const JUDGED = 64;

/** The 49,000 passwords most often found in breaches, in the order of their number, and the ways in which people dress them. */
const estimator = new ZxcvbnFactory({
  dictionary: { ...dictionary, 'words-common': [...commonWords] },
  graphs: adjacencyGraphs,
  maxLength: JUDGED,
});

/**
 * As a power of ten, after how many tries one finds it who has the list of breached passwords, knows these words of the person, and
 * goes on by their likelihood. Takes up to a tenth of a second: for the hashing threads.
 */
export const triesToFind = (password: string, ofPerson: readonly string[]): number => estimator.check(password, [...ofPerson]).guessesLog10;

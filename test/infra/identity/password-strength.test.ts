import { dictionary } from '@zxcvbn-ts/language-common';
import { expect } from 'chai';
import { requireHardToGuess } from '../../../src/infra/identity/password-policy.ts';
import { triesToFind } from '../../../src/infra/identity/password-strength.ts';

const ada = { email: 'ada.quill@example.com', fullName: 'Ada Quill' };
const judges = { triesToFind: async (...asked: Parameters<typeof triesToFind>) => triesToFind(...asked), isBreached: async () => false };
const isRefused = (password: string): Promise<boolean> =>
  requireHardToGuess(password, ada, judges).then(
    () => false,
    () => true,
  );

// cspell:disable
describe('How hard a password is to guess', () => {
  it('is too little for each of the list that has the length', async () => {
    const long = [...dictionary['passwords-common']].map(String).filter((password) => password.length >= 12);
    expect(long.length).to.be.greaterThan(300);
    for (const password of long) expect(await isRefused(password), password).to.equal(true);
  });

  it('is too little for those of the list that were made longer', async () => {
    for (const password of [
      'dragon123456',
      'letmeinletmein',
      'Liverpool2024',
      'P4ssw0rdP4ssw0rd',
      'q1w2e3r4t5y6!',
      '!nirvana!nirvana!',
      'samanthasamantha',
      'aaaaaaaaaaaaaaaaaaaa1',
    ])
      expect(await isRefused(password), password).to.equal(true);
  });

  it('is enough for words and letters of one’s own', async () => {
    for (const password of [
      'seven purple herons wade',
      'correct horse battery staple',
      'kx8#vPq2Lm!z',
      'a long enough password',
      'мой дядя самых честных',
      '🦞🐙🦀🐡🐠🐟🐬🐳🐋🦈🐊🐅',
    ])
      expect(await isRefused(password), password).to.equal(false);
  });

  it('is seen from what a long one begins with', () => {
    expect(triesToFind(`${'password'.repeat(8)}${'kx8#vPq2Lm!z'.repeat(5)}`, [])).to.be.lessThan(8);
  });
});

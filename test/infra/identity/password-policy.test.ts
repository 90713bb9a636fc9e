import { expect } from 'chai';
import { requireGoodPassword } from '../../../src/infra/identity/password-policy.ts';
import { refusalOf } from '../../support/spec.ts';

// cspell:ignore abqpwzmrtk
const person = { email: 'ada.quill@example.com', fullName: 'Ada Quill' };
const code = (password: string): string => refusalOf(() => requireGoodPassword(password, person)).code;

describe('Passwords', () => {
  it('are good when they are words or letters of one’s own', () => {
    for (const good of [
      'seven purple herons wade',
      'correct horse battery staple',
      'kx8#vPq2Lm!z',
      'ｆｕｌｌ ｗｉｄｔｈ ｗｏｒｄｓ',
      'x'.repeat(3) + 'abqpwzmrtk',
    ])
      expect(() => requireGoodPassword(good, person), good).to.not.throw();
  });

  it('have 12 to 128 characters, counted as people count', () => {
    expect(code('kx8#vPq2Lm!')).to.equal('password-length');
    expect(code('kx8#vPq2Lm!'.repeat(12))).to.equal('password-length');
    expect(code('🦞'.repeat(11))).to.equal('password-length');
  });

  it('are refused when they are few common words, rows of keys, repeats or dates, however dressed', () => {
    const common = [
      'password1234',
      'P@$$w0rd2024!',
      'Welcome to 2025',
      'qwertyuiop[]',
      'abcabcabcabc',
      '11112222333344',
      'iloveyou-iloveyou',
      'LetMeIn!letmein',
      'zxcvbnm,./123',
      'Sunshine2024!',
      '!!!!!!!!!!!!!',
    ];
    for (const password of common) expect(() => requireGoodPassword(password, person), password).to.throw();
  });

  it('are not made of the person’s own name and address', () => {
    for (const own of ['ada.quill-2024', 'QuillAdaQuill', 'ada.quill@example.com', 'quill4711quill'])
      expect(code(own), own).to.equal('password-personal');
  });

  it('are judged fast, however long', () => {
    expect(code('passwordqwerty'.repeat(9))).to.equal('password-common');
  });
});

import { readdir, readFile } from 'node:fs/promises';
import { getPriority, platform } from 'node:os';
import { expect } from 'chai';
import { Rejection } from '../../../src/domain/rejection.ts';
import { QueueFull } from '../../../src/infra/identity/bounded-queue.ts';
import { passwordPool, type PasswordPool } from '../../../src/infra/identity/password-pool.ts';
import { DEFAULT_COST, passwordsAtStart } from '../../../src/infra/identity/passwords.ts';

const isBreached = async (password: string): Promise<boolean> => password === 'found in a breach';
const ada = { email: 'ada@example.com', fullName: 'Ada Quill' };

/** How many of this process wait for others; null where there is no telling. */
const modestThreads = async (): Promise<number | null> =>
  platform() === 'linux' ? (await readdir('/proc/self/task')).filter((thread) => getPriority(Number(thread)) > 0).length : null;

describe('Hashing passwords', () => {
  let pool: PasswordPool;
  beforeEach(() => void (pool = passwordPool({ threads: 2, waiting: 3, cost: { memoryKib: 8192, passes: 1, lanes: 1 }, isBreached })));
  afterEach(() => pool.close());

  it('knows a password again, and no other', async () => {
    const hash = await pool.hash('a long enough password');
    expect(hash).to.match(/^\$argon2id\$v=19\$m=8192,t=1,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    expect(await pool.matches(hash, 'a long enough password')).to.equal(true);
    expect(await pool.matches(hash, 'a long enough passworD')).to.equal(false);
    expect(await pool.hash('a long enough password')).to.not.equal(hash);
  });

  it('knows hashes of another cost', async () => {
    const hash = await passwordsAtStart.hash('a long enough password');
    expect(hash.startsWith('$argon2id$v=19$m=19456,t=2,p=1$')).to.equal(true);
    expect(await pool.matches(hash, 'a long enough password')).to.equal(true);
  });

  it('knows a password in whatever form of the same letters it is typed', async () => {
    const hash = await pool.hash('cafe\u0301 au lait, merci');
    expect(await pool.matches(hash, 'caf\u00e9 au lait, merci')).to.equal(true);
  });

  it('has nobody in where there is no hash', async () => {
    for (const none of [null, '', '!', '$argon2id$v=19$m=8192,t=1,p=1$$']) expect(await pool.matches(none, '')).to.equal(false);
  });

  it('takes a new one only where it is hard to guess, and was in no breach', async () => {
    expect(await pool.matches(await pool.hashNew('seven purple herons wade', ada), 'seven purple herons wade')).to.equal(true);
    for (const password of ['1qaz2wsx3edc', 'found in a breach']) {
      const refusal = await pool.hashNew(password, ada).catch((error: unknown) => error);
      expect(refusal, password).to.be.instanceOf(Rejection).with.property('code', 'password-common');
    }
  });

  it('leaves the processors to everything else first, where threads can be told so', async () => {
    const before = await modestThreads();
    await pool.hash('a long enough password');
    if (before !== null) expect(await modestThreads()).to.equal(before + 1);
  });

  it('leaves the event loop and the pool that reads files free', async () => {
    const dear = passwordPool({ threads: 2, waiting: 100, cost: { ...DEFAULT_COST, passes: 3 }, isBreached });
    let done = 0;
    const hashes = Array.from({ length: 4 }, () => dear.hash('a long enough password').then(() => (done += 1)));
    for (let n = 0; n < 20; n++) await readFile(import.meta.filename);
    expect(done).to.be.lessThan(4);
    await Promise.all(hashes);
    await dear.close();
  });

  it('refuses more than may wait', async () => {
    const answers = await Promise.allSettled(Array.from({ length: 20 }, () => pool.inTurn(() => pool.hash('a long enough password'))));
    const refused = answers.filter((answer) => answer.status === 'rejected');
    expect(refused).to.have.length(15);
    for (const { reason } of refused) expect(reason).to.be.instanceOf(QueueFull);
  });
});

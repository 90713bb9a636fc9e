import { randomUUID } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { bootstrapOwner, DEFAULT_OWNER_EMAIL, OwnerEmailTaken } from '../../../src/infra/identity/bootstrap-owner.ts';
import { passwordsAtStart } from '../../../src/infra/identity/passwords.ts';
import { listUsers, setPassword } from '../../../src/infra/identity/users.ts';
import { granted, identityAt, PASSWORD, place, someone, standingClock, type Place } from '../../support/identity.ts';

describe('The first owner', () => {
  let here: Place;
  beforeEach(async () => void (here = await place()));
  afterEach(() => here.close());

  const start = (password: string | null = null, email = DEFAULT_OWNER_EMAIL) =>
    bootstrapOwner({ pool: here.pool, clock: standingClock(), newId: randomUUID, dataFolder: here.folder, email, password });
  const file = (): string => join(here.folder, 'owner-login.json');
  const login = async (password: string) => (await identityAt(here, standingClock())).identity.login(DEFAULT_OWNER_EMAIL, password);

  it('is made with a password that lies in a file for its owner alone', async () => {
    const made = await start();
    expect(made).to.include({ email: DEFAULT_OWNER_EMAIL, done: 'created' });
    expect(made.password).to.match(/^[0-9a-z]{20}$/);
    expect(JSON.parse(await readFile(file(), 'utf8'))).to.deep.equal({ email: DEFAULT_OWNER_EMAIL, password: made.password });
    expect((await stat(file())).mode & 0o777).to.equal(0o600);
    granted(await login(made.password ?? ''));
    expect(await listUsers(here.pool)).to.have.length(1);
  });

  it('is found again with that password by later starts', async () => {
    const made = await start();
    expect(await start()).to.deep.equal({ ...made, done: 'kept' });
  });

  it('is made once by programs that start at once', async () => {
    const logins = await Promise.all([start(), start(), start()]);
    expect(new Set(logins.map(({ password }) => password)).size).to.equal(1);
    expect(logins.map(({ done }) => done).toSorted()).to.deep.equal(['created', 'kept', 'kept']);
    expect(await listUsers(here.pool)).to.have.length(1);
  });

  it('keeps to himself a password he has changed', async () => {
    await start();
    const [owner] = await listUsers(here.pool);
    await setPassword(here.pool, owner?.id ?? '', await passwordsAtStart.hash('his own since'));
    expect(await start()).to.include({ done: 'kept', password: null });
  });

  it('takes the configured password, which is written nowhere', async () => {
    expect(await start('chosen by the operator')).to.include({ done: 'created', password: null });
    expect(await start('chosen by the operator')).to.include({ done: 'kept', password: null });
    expect(await stat(file()).catch(({ code }: { code: string }) => code)).to.equal('ENOENT');
    granted(await login('chosen by the operator'));
  });

  it('gets another password when another is configured, and his sessions end', async () => {
    const made = await start();
    const { identity } = await identityAt(here, standingClock());
    const tokens = granted(await identity.login(DEFAULT_OWNER_EMAIL, made.password ?? ''));
    expect(await start('chosen by the operator')).to.include({ done: 'reset', password: null });
    expect(await identity.refresh(tokens.refresh_token)).to.have.property('refused');
    expect(await login(made.password ?? '')).to.have.property('refused');
    granted(await login('chosen by the operator'));
    expect(await start()).to.include({ done: 'kept', password: null });
  });

  it('is not made beside an owner who is there, unless with address and password', async () => {
    await start();
    expect(await start(null, 'other@brigade.local')).to.include({ email: DEFAULT_OWNER_EMAIL, done: 'kept' });
    expect(await start('chosen by the operator', 'other@brigade.local')).to.include({ email: 'other@brigade.local', done: 'created' });
  });

  it('is never made of somebody who is not an owner', async () => {
    await someone(here.pool, { email: 'cook@brigade.local' });
    const error = await start(PASSWORD, 'cook@brigade.local').catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(OwnerEmailTaken);
  });
});

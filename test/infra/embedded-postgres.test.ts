import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'chai';
import { Client } from 'pg';
import { pino } from 'pino';
import { asAccount, postgresAccount } from '../../src/infra/postgres/binaries.ts';
import { DataFolderInUse, ownerOf } from '../../src/infra/postgres/data-folder.ts';
import { startEmbedded, type EmbeddedPostgres } from '../../src/infra/postgres/embedded.ts';
import type { Log } from '../../src/infra/postgres/log.ts';
import { startMark } from '../../src/infra/postgres/processes.ts';
import { ask, ended, listenedLog, makeZombie, newFolder, startProgram } from '../support/embedded.ts';

describe('Embedded PostgreSQL', () => {
  let folder: string;
  const running = new Set<EmbeddedPostgres>();
  const start = async (log: Log = pino({ level: 'silent' }), durable = false): Promise<EmbeddedPostgres> => {
    const server = await startEmbedded({ folder, durable, log });
    running.add(server);
    return server;
  };
  const dataFolder = (): string => path.join(folder, 'postgres', 'data');
  const refusal = async (): Promise<unknown> =>
    start().then(
      () => 'started',
      (error: unknown) => error,
    );

  beforeEach(() => {
    folder = newFolder();
  });
  afterEach(async () => {
    for (const server of running) await server.stop();
    running.clear();
    rmSync(folder, { recursive: true });
  });

  it('keeps what was written, and its address, from one start to the next', async () => {
    const first = await start();
    await ask(first.url, "create table soups (name text); insert into soups values ('leek')");
    await first.stop();
    expect(startMark(first.pid)).to.equal(null);
    const second = await start();
    expect(second.url).to.equal(first.url);
    expect(await ask(second.url, 'select * from soups')).to.deep.equal([{ name: 'leek' }]);
  });

  it('writes durably, unless a test says otherwise', async () => {
    const settings = "select setting from pg_settings where name in ('fsync', 'synchronous_commit', 'full_page_writes', 'data_checksums')";
    const durable = await start(undefined, true);
    expect(await ask(durable.url, settings)).to.deep.equal(Array.from({ length: 4 }, () => ({ setting: 'on' })));
    await durable.stop();
    const quick = await start();
    expect(await ask(quick.url, `${settings} and setting = 'off'`)).to.have.length(3);
  });

  it('lets nobody in without a password', async () => {
    const { url } = await start();
    const stranger = new URL(url);
    stranger.password = 'guess';
    expect(await ask(stranger.href, 'select 1').catch((error: Error) => error.message)).to.match(/password authentication failed/);
    expect(statSync(path.join(folder, 'postgres', 'access.json')).mode & 0o077).to.equal(0);
    expect(statSync(dataFolder()).mode & 0o077).to.equal(0);
  });

  it('lets readers in under a role of their own', async () => {
    const { readerUrl } = await start();
    const who =
      "select current_user as name, rolsuper as super, current_setting('search_path') as path from pg_roles where rolname = current_user";
    expect(await ask(readerUrl, who)).to.deep.equal([{ name: 'brigade_reader', super: false, path: 'read_models, public' }]);
  });

  it('refuses a second start in the same program', async () => {
    await start();
    expect(await refusal()).to.be.instanceOf(DataFolderInUse);
  });

  it('refuses another program on the folder, and leaves its server alone', async () => {
    const other = await startProgram(folder);
    const error = await refusal();
    expect(error).to.be.instanceOf(DataFolderInUse).with.property('message').that.includes(`process ${other.child.pid}`);
    expect(await ask(other.said.url, 'select 1 as one')).to.deep.equal([{ one: 1 }]);
    other.child.kill('SIGTERM');
    expect(await ended(other)).to.equal(0);
    await start();
  });

  it('tells a second program so', async () => {
    const server = await start();
    const second = await startProgram(folder);
    expect(second.said.code).to.equal('data-folder-in-use');
    expect(await ended(second)).to.equal(1);
    expect(await ask(server.url, 'select 1 as one')).to.deep.equal([{ one: 1 }]);
  });

  it('takes over from a program that was killed and ran the server otherwise, and loses nothing', async () => {
    const other = await startProgram(folder);
    await ask(other.said.url, "create table soups (name text); insert into soups values ('leek')");
    other.child.kill('SIGKILL');
    expect(await ended(other)).to.equal('SIGKILL');
    expect(ownerOf(folder)).to.equal(null);
    const server = await start();
    expect(startMark(other.said.pid)).to.equal(null);
    expect(await ask(server.url, 'select * from soups')).to.deep.equal([{ name: 'leek' }]);
  });

  it('goes on with the server that a killed program left, where it would start the same (where the system is Linux)', async function () {
    if (process.platform !== 'linux') return this.skip();
    const other = await startProgram(folder);
    const former = new Client({ connectionString: other.said.url, application_name: 'brigade projector' });
    const wasEnded = new Promise<string>((resolve) => former.on('error', ({ message }) => resolve(message)));
    await former.connect();
    await former.query("create table soups (name text); insert into soups values ('leek')");
    other.child.kill('SIGKILL');
    await ended(other);
    const log = listenedLog();
    const server = await start(log, true);
    expect(server.pid).to.equal(other.said.pid);
    expect(await wasEnded).to.match(/administrator command/);
    expect(await ask(server.url, 'select * from soups')).to.deep.equal([{ name: 'leek' }]);

    process.kill(server.pid, 'SIGKILL');
    await log.heard('PostgreSQL runs again');
    expect(await ask(server.url, 'select * from soups')).to.deep.equal([{ name: 'leek' }]);
  });

  it('stops a server that it took over', async () => {
    const other = await startProgram(folder);
    other.child.kill('SIGKILL');
    await ended(other);
    const server = await start(undefined, true);
    await server.stop();
    expect(startMark(server.pid)).to.equal(null);
    expect(await server.lost).to.equal(null);
  });

  it('takes over when program and server were killed', async () => {
    const other = await startProgram(folder);
    await ask(other.said.url, "create table soups (name text); insert into soups values ('leek')");
    process.kill(other.said.pid, 'SIGKILL');
    other.child.kill('SIGKILL');
    await ended(other);
    expect(await ask((await start()).url, 'select * from soups')).to.deep.equal([{ name: 'leek' }]);
  });

  it('starts a server that was killed again, at the same address', async () => {
    const log = listenedLog();
    const server = await start(log, true);
    const { pid } = server;
    await ask(server.url, "create table soups (name text); insert into soups values ('leek')");
    process.kill(pid, 'SIGKILL');
    await log.heard('PostgreSQL runs again');
    expect(server.pid).not.to.equal(pid);
    expect(await ask(server.url, 'select * from soups')).to.deep.equal([{ name: 'leek' }]);
    await server.stop();
    expect(await server.lost).to.equal(null);
  });

  describe('finds a note of a server', () => {
    const note = (pid: number): void => writeFileSync(path.join(dataFolder(), 'postmaster.pid'), `${pid}\n${dataFolder()}\n`);
    beforeEach(async () => {
      await (await start()).stop();
    });

    // Postgres itself tells the pids of other accounts from its own.
    const likeIt = asAccount(postgresAccount());

    it('that is dead', async () => {
      const child = spawn('true');
      await once(child, 'exit');
      note(child.pid ?? 0);
      await start();
    });

    it("whose pid is another program's by now, which it leaves alone", async () => {
      const child = spawn('sleep', ['1000'], likeIt);
      await once(child, 'spawn');
      note(child.pid ?? 0);
      await start();
      expect(child.exitCode ?? child.signalCode).to.equal(null);
      child.kill();
    });

    it('that nobody buried (where the system is Linux)', async function () {
      if (process.platform !== 'linux') return this.skip();
      const { pid, bury } = await makeZombie();
      note(pid);
      await start();
      bury();
    });
  });

  it('is not kept out by a pid that is used again', async () => {
    mkdirSync(folder, { mode: 0o711 });
    writeFileSync(path.join(folder, `owner-${process.pid}-before.lock`), '');
    await start();
    expect(ownerOf(folder)).to.equal(process.pid);
  });

  it('is not kept out by an owner that nobody buried (where the system is Linux)', async function () {
    if (process.platform !== 'linux') return this.skip();
    const { pid, markInLife, bury } = await makeZombie();
    mkdirSync(folder, { mode: 0o711 });
    writeFileSync(path.join(folder, `owner-${pid}-${markInLife}.lock`), '');
    await start();
    bury();
  });

  it('keeps its data in a folder that was closed to others', async () => {
    mkdirSync(folder, { mode: 0o700 });
    await start();
    expect(realpathSync(dataFolder())).to.equal(dataFolder());
  });

  it('begins anew where making the data was cut short', async () => {
    mkdirSync(path.join(folder, '.postgres-half', 'data'), { recursive: true, mode: 0o711 });
    await start();
    expect(() => statSync(path.join(folder, '.postgres-half'))).to.throw(/ENOENT/);
  });
});

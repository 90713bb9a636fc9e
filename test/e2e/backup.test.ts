import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { connect } from '../../src/client/api.ts';
import { programEnv, removeProgram, startProgram, type Program } from '../support/program.ts';

const CLI = join(import.meta.dirname, '..', '..', 'src', 'cli.ts');

const brigade = async (dataDir: string, ...args: readonly string[]): Promise<{ readonly code: number | null; readonly said: string }> => {
  const child = spawn(process.execPath, [CLI, ...args], { env: programEnv(dataDir, {}), stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const out of [child.stdout, child.stderr]) out.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const [code] = (await once(child, 'exit')) as [number | null];
  return { code, said };
};

const loginArgs = ({ baseUrl, owner }: Program): readonly string[] => [
  '--url',
  baseUrl,
  '--email',
  owner.email,
  '--password',
  owner.password,
];
const logKey = async (program: Program): Promise<string> => (await brigade(program.dataDir, 'log-key', ...loginArgs(program))).said;

const exportOf = async ({ baseUrl, owner }: Program): Promise<string> => {
  const headers = { 'content-type': 'application/json' };
  const login = await fetch(`${baseUrl}/api/v1/auth/login`, { method: 'POST', headers, body: JSON.stringify(owner) });
  const { access_token: token } = (await login.json()) as { readonly access_token: string };
  return (await fetch(`${baseUrl}/api/v1/audit/export`, { headers: { authorization: `Bearer ${token}` } })).text();
};

describe('brigade backup and brigade restore', function () {
  this.timeout(120_000);
  let folder: string;
  let program: Program;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'brigade-test-'));
    program = await startProgram();
  });
  after(async () => {
    await removeProgram(program);
    await rm(folder, { recursive: true, force: true });
  });

  // The location, the table, and each login.
  it('moves a restaurant to another folder while the program runs', async () => {
    const file = join(folder, 'evening');
    const table = { tableId: '01939f3a-1000-7000-8000-000000000002', name: '7', seats: 4 };
    const first = await (
      await connect({ url: program.baseUrl, ...program.owner })
    ).send<{ readonly position: number }>('POST', 'tables', table, 'one-table');
    const backup = await brigade(program.dataDir, 'backup', file);
    expect(backup.said).to.match(/3 events in .* minutes per million.*up to position 3/);
    expect(backup.code).to.equal(0);

    const refused = await brigade(program.dataDir, 'restore', file);
    expect(refused.code).to.equal(1);
    expect(refused.said).to.include('stop it, then restore');

    const dataDir = join(folder, 'restored');
    const keys = join(folder, 'keys.json');
    expect((await brigade(program.dataDir, 'backup-keys', keys)).said).to.match(/Backed up 1 keys/);
    await mkdir(join(dataDir, 'keys'), { recursive: true });
    await copyFile(join(program.dataDir, 'keys', 'master-keys'), join(dataDir, 'keys', 'master-keys'));
    expect((await brigade(dataDir, 'restore-keys', keys)).said).to.match(/Restored 1 keys/);
    const restored = await brigade(dataDir, 'restore', file);
    expect(restored.said).to.match(/Restored from .*: 3 events in .*The log is/s);
    expect(restored.code).to.equal(0);

    const formerKey = await logKey(program);
    await removeProgram(program);
    program = await startProgram({ dataDir });
    const api = await connect({ url: program.baseUrl, ...program.owner });
    expect(await api.send('POST', 'tables', table, 'one-table')).to.deep.equal(first);
    const { items } = await api.get<{ readonly items: readonly { readonly name: string }[] }>('tables', first.position);
    expect(items.map(({ name }) => name)).to.deep.equal(['7']);

    const [exported, logKeys] = [join(folder, 'export.ndjson'), join(folder, 'keys.pem')];
    await writeFile(exported, await exportOf(program));
    await writeFile(logKeys, formerKey + (await logKey(program)));
    const verified = await brigade(dataDir, 'verify', exported, '--key', logKeys);
    expect(verified.said).to.include('verified 5 events');
    expect(verified.code).to.equal(0);
  });

  it('backs up what a stopped program left, and says where there is nothing', async () => {
    const { dataDir } = program;
    await program.stop();
    expect((await brigade(dataDir, 'backup', join(folder, 'stopped'))).said).to.include('6 events in');
    program = await startProgram({ dataDir });
    const nothing = await brigade(join(folder, 'never-made'), 'backup', join(folder, 'nothing'));
    expect(nothing.code).to.equal(1);
    expect(nothing.said).to.include('APP_DATA__DIR');
  });
});

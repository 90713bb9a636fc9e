import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { eventually } from '../support/eventually.ts';
import { removeProgram, startProgram, type Program } from '../support/program.ts';

const CLI = join(import.meta.dirname, '..', '..', 'src', 'cli.ts');

const brigade = async (...args: readonly string[]): Promise<{ readonly code: number | null; readonly said: string }> => {
  const child = spawn(process.execPath, [CLI, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, said };
};

describe('An auditor without the server', function () {
  this.timeout(120_000);
  let program: Program;
  let folder: string;
  const file = (name: string): string => join(folder, name);

  let token: string;

  const logIn = async (): Promise<void> => {
    const answer = await fetch(`${program.baseUrl}/api/v1/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(program.owner),
    });
    ({ access_token: token } = (await answer.json()) as { access_token: string });
  };
  const ask = async (path: string): Promise<string> => {
    const answer = await fetch(`${program.baseUrl}/api/v1/audit/${path}`, { headers: { authorization: `Bearer ${token}` } });
    return answer.text();
  };
  const signed = async (): Promise<number> => {
    const { latest } = JSON.parse(await ask('heads')) as { readonly latest: { readonly position: number } | null };
    return latest?.position ?? 0;
  };

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'brigade-audit-'));
    const env = { APP_AUDIT__HEADS_INTERVAL_SECS: '0.1', APP_AUDIT__HEADS_FILE: file('heads.ndjson') };
    const first = await startProgram({ env });
    await first.kill();
    program = await startProgram({ env, dataDir: first.dataDir });
    const { email, password } = program.owner;
    const key = await brigade('log-key', '--url', program.baseUrl, '--email', email, '--password', password);
    await writeFile(file('log.pub'), key.said);
    await logIn();
    const at = await eventually(signed, (position) => position > 0);
    await eventually(
      () => readFile(file('heads.ndjson'), 'utf8').catch(() => ''),
      (text) => text.includes(`"position":${at},`),
    );
    await writeFile(file('log.ndjson'), await ask('export'));
  });
  after(async () => {
    await removeProgram(program);
    await rm(folder, { recursive: true });
  });

  it('verifies an export, with the heads kept elsewhere', async () => {
    const { code, said } = await brigade('verify', file('log.ndjson'), '--key', file('log.pub'), '--heads', file('heads.ndjson'));
    expect(said).to.match(/^verified \d+ events, head signed at 20\d\d-/);
    expect(code).to.equal(0);
  });

  it('is told what was changed, and where', async () => {
    await writeFile(file('other.ndjson'), (await readFile(file('log.ndjson'), 'utf8')).replace('"name":"Main"', '"name":"Other"'));
    const { code, said } = await brigade('verify', file('other.ndjson'), '--key', file('log.pub'));
    expect(said).to.match(/^NOT as recorded, from position 1 on \(changed\)/);
    expect(code).to.equal(1);
  });

  it('verifies one event by its proof alone', async () => {
    const proof = await ask('events/1/proof');
    expect(Buffer.byteLength(proof)).to.be.below(2000);
    await writeFile(file('proof.json'), proof);
    await writeFile(file('event.json'), await ask('events/1'));
    const given = ['--proof', file('proof.json'), '--key', file('log.pub')];
    expect(await brigade('verify-event', '--event', file('event.json'), ...given)).to.include({ code: 0 });
    await writeFile(file('event.json'), (await ask('events/1')).replace('Main', 'Other'));
    expect(await brigade('verify-event', '--event', file('event.json'), ...given)).to.include({ code: 1 });
  });
});

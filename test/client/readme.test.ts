import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { summary } from '../../src/client/import/command.ts';
import { announcement } from '../../src/main/announcement.ts';
import { readConfig } from '../../src/infra/config.ts';
import { trueFigures } from '../support/restaurant-data.ts';

const README = readFileSync(join(import.meta.dirname, '..', '..', 'README.md'), 'utf8');
const blocks = [...README.matchAll(/```(\w*)\n([\s\S]*?)```/g)].map(([, language, text]) => ({ language, text: text ?? '' }));

/** `…` in the README stands for what differs from run to run. */
const shown = (text: string): RegExp =>
  new RegExp(
    `^${text
      .trim()
      .replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
      .replaceAll('…', '.+')}$`,
  );

describe('What the README shows', () => {
  it('is what the program says when it is ready', () => {
    const config = readConfig({});
    const owner = { email: config.bootstrap.ownerEmail, password: 'made-up', done: 'created' as const };
    const running = {
      port: 3000,
      owner,
      readerUrl: 'postgres://brigade_reader:secret@127.0.0.1:5432/brigade',
      metricsUrl: 'http://localhost:9090/metrics',
    };
    const said = announcement(config, { ...running, lost: Promise.resolve(null), stop: () => Promise.resolve() }).trim();
    expect(
      blocks.some(({ language, text }) => language === '' && shown(text).test(said)),
      said,
    ).to.equal(true);
  });

  it('is what an import prints', () => {
    const { rows, orders, lines, gross, bestSeller, badLines } = trueFigures;
    const bad = Array.from({ length: badLines }, (_none, line) => ({ file: 'orders' as const, line, reason: 'no item_id' }));
    const sent = { orders, commands: 45_405, seconds: 29.9, commandsPerSecond: 1517 };
    const said = summary({
      stopped: false,
      rows,
      orders,
      lines,
      gross,
      bestSeller,
      rowsByHour: {},
      bad,
      sent,
      refused: [],
      server: { orders, lines, gross },
    });
    expect(
      blocks.some(({ language, text }) => language === '' && shown(text).test(said)),
      said,
    ).to.equal(true);
  });

  it('names settings that there are', () => {
    const names = [...README.matchAll(/APP_[A-Z_]+__[A-Z_]+|APP_ROLES/g)].map(([name]) => name);
    const values: { readonly [name: string]: string } = {
      APP_ROLES: 'api',
      APP_EVENTSTORE__URL: 'esdb://localhost',
      APP_REDIS__URL: 'redis://localhost',
      APP_DATABASE__URL: 'postgres://localhost/brigade',
      APP_PRIVACY__KEYS_URL: 'postgres://elsewhere/keys',
      APP_SERVER__PORT: '3000',
    };
    const env = Object.fromEntries(names.map((name) => [name, values[name] ?? 'owner@example.com']));
    expect(() => readConfig(env)).to.not.throw();
    expect(names).to.include('APP_DATA__DIR');
  });
});

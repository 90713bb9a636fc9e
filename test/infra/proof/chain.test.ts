import { expect } from 'chai';
import { Tampered } from '../../../src/client/verify/tampered.ts';
import { whyNotInLog } from '../../../src/client/verify/event-command.ts';
import { logProof } from '../../../src/infra/proof/log-proof.ts';
import { postgresLog } from '../../../src/infra/proof/chained-log.ts';
import { ChainBroken, signNextHead } from '../../../src/infra/proof/sign-heads.ts';
import { openPool } from '../../../src/infra/postgres/connect.ts';
import { appendSomehow, notes, randomStream, together } from '../event-store/appends.ts';
import { log, postgresStores } from '../event-store/postgres-stores.ts';
import { thrownBy } from '../event-store/thrown-by.ts';
import { asText, clock, exported, fillLog, key, keys, signAll, verifyText } from './chain-under-test.ts';

describe('The chain', () => {
  const { open, owner, url, afterwards } = postgresStores();
  const position = async (): Promise<number> => Number((await owner().query('select position from log_head')).rows[0].position);

  it('of a log without events verifies', async () => {
    expect(verifyText(asText(await exported(owner())))).to.deep.include({ events: 0, heads: 0 });
  });

  it('verifies whatever events hold', async () => {
    await fillLog(open(), 60);
    expect(verifyText(asText(await exported(owner())))).to.deep.include({ events: await position(), heads: 0 });
    await signAll(owner());
    await fillLog2();
    expect(verifyText(asText(await exported(owner())))).to.deep.include({ events: await position(), heads: 1 });
  });
  const fillLog2 = () => appendSomehow(open(), randomStream(), { events: notes(3) });

  it('has the events of the export as the log gives them', async () => {
    const lines = (await exported(owner())).filter((line) => line.startsWith('{"type":'));
    const { events } = await open().readLog('', 10_000);
    expect(lines).to.deep.equal(events.map((event) => JSON.stringify(event)));
  });

  it('goes on over restarts, and with two processes appending at once', async () => {
    const stores = [open(), open()];
    const shared = Array.from({ length: 4 }, randomStream);
    await together(16, async (writer) => {
      for (let nth = 0; nth < 5; nth++) {
        await appendSomehow(stores[writer % 2] ?? open(), shared[nth % 4] ?? '', { events: notes(1 + (nth % 3)) });
        if (writer === 0) await signAll(owner());
      }
    });
    await signAll(owner());
    expect(verifyText(asText(await exported(owner())))).to.deep.include({ events: await position() });
  });

  it('is proven through what an asker may not see', async () => {
    const lines = await exported(owner(), () => false);
    expect(lines.filter((line) => line.startsWith('{"type":'))).to.deep.equal([]);
    expect(verifyText(asText(lines))).to.deep.include({ events: await position() });
  });

  it('proves each event in less than 2 kB', async () => {
    await signAll(owner());
    const pool = openPool(url(), { name: 'proof', max: 2, log });
    afterwards(() => pool.end());
    const proofs = logProof(pool, postgresLog(pool), key, clock);
    const end = await position();
    for (let at = 1; at <= end; at++) {
      const proof = await proofs.proof(at);
      const event = await proofs.event(at);
      if (proof === null || event === null) throw new Error(`Nothing at ${at}`);
      expect(JSON.stringify(proof).length).to.be.below(2000);
      expect(whyNotInLog(Buffer.from(event.line), proof, keys)).to.equal(null);
      expect(whyNotInLog(Buffer.from(event.line.replace('Order', 'Odder')), proof, keys)).to.match(/not the event/);
      expect(whyNotInLog(Buffer.from(event.line), { ...proof, position: (at % end) + 1 }, keys)).to.not.equal(null);
    }
    expect(await proofs.proof(end + 1)).to.equal(null);
  });

  it('is not signed where it does not follow', async () => {
    await appendSomehow(open(), randomStream(), { events: notes(3) });
    const end = await position();
    await owner().query('begin; set local session_replication_role = replica');
    await owner().query(`update events set type = 'OrderForged' where position = $1`, [end - 1]);
    const error = await thrownBy(signNextHead(owner(), postgresLog(owner()), key, clock));
    await owner().query('rollback');
    expect(error).to.be.instanceOf(ChainBroken);
    expect((error as ChainBroken).position).to.equal(end - 1);
  });

  it('takes no more events where its last one is missing', async () => {
    await owner().query('begin; set local session_replication_role = replica');
    await owner().query('delete from events where position = (select position from log_head)');
    await owner().query('commit');
    expect(String(await thrownBy(appendSomehow(open(), randomStream())))).to.match(/missing at the end of the log/);
    expect(verifyText(asText(await exported(owner()))))
      .to.be.instanceOf(Tampered)
      .and.include({ kind: 'removed', position: await position() });
  });
});

import { expect } from 'chai';
import { eventually } from '../support/eventually.ts';
import { oracle } from '../support/oracle.ts';
import { happen, someEvening } from '../infra/projections/evening.ts';
import { openReadModels } from '../infra/projections/read-models.ts';
import { below, diceOf, largest, rounded, secondsSince, type Trial } from './trial.ts';

const MOVES = 60;
const SESSIONS = "select state from pg_stat_activity where application_name = 'brigade projector' and datname = current_database()";

const run: Trial['run'] = async (size, { progress }) => {
  const models = await openReadModels();
  const dice = diceOf(4);
  const judge = oracle(models.store, models.pool);
  try {
    let current = models.start();
    await models.reached(await happen(models.store, someEvening(MOVES, 1)));
    let position = 0;
    let [inside, killed] = [0, 0];
    const recoveries: number[] = [];
    for (let kill = 1; kill <= size; kill++) {
      const happening = happen(models.store, someEvening(MOVES, kill));
      // Some kills meet it at work, some between two batches.
      if (dice() < 0.25) await happening;
      else for (let turns = below(dice, 30); turns > 0; turns--) await models.owner.query('select');
      const sessions = await eventually(
        async () => (await models.owner.query<{ state: string }>(SESSIONS)).rows,
        ({ length }) => length > 0,
      );
      if (sessions.some(({ state }) => state !== 'idle')) inside++;
      const begun = performance.now();
      const cut = models.cutProjectorOff();
      if (dice() < 0.5) {
        const former = current;
        current = models.start();
        await former.stop();
      }
      killed += await cut;
      position = await happening;
      await models.reached(position);
      recoveries.push(secondsSince(begun));
      await judge.expectEqual();
      progress(kill);
    }
    expect(killed, 'sessions cut').to.be.greaterThan(size * 0.8);
    return {
      kills: size,
      'met at work': inside,
      events: position,
      'tables unlike the fold': 0,
      'longest recovery, s': rounded(largest(recoveries)),
    };
  } finally {
    await models.close();
  }
};

/** The projector's session is killed and, half of the time, the whole engine is replaced, between its batches and inside them. */
export const projectorKilled: Trial = { name: 'projector', unit: 'kills', short: 10, long: 500, run };

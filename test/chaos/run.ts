import { parseArgs } from 'node:util';
import { mochaGlobalSetup, mochaGlobalTeardown } from '../support/global-setup.ts';
import { kill } from './kill.ts';
import { poison } from './poison.ts';
import { projectorKilled } from './projector-killed.ts';
import { recovery } from './recovery.ts';
import { retries } from './retries.ts';
import { secondsSince, type Figures, type Trial } from './trial.ts';
import { trouble } from './trouble.ts';
import { writers } from './writers.ts';

/** `npm run chaos [-- --long] [-- --only kill,writers] [-- --size 1000]`: tries the promises, and prints what came of it. */
const trials: readonly Trial[] = [kill, writers, trouble, projectorKilled, poison, retries, recovery];

const options = { long: { type: 'boolean', default: false }, only: { type: 'string' }, size: { type: 'string' } } as const;
const { values } = parseArgs({ options });
const names = values.only?.split(',') ?? trials.map(({ name }) => name);
const chosen = names.map((name) => {
  const trial = trials.find((one) => one.name === name);
  if (trial === undefined) throw new Error(`There is no trial ${name}: ${trials.map((one) => one.name).join(', ')}`);
  return trial;
});

const print = (trial: Trial, size: number, seconds: number, figures: Figures): void => {
  const width = Math.max(...Object.keys(figures).map((name) => name.length));
  console.log(`\n${trial.name}: ${size} ${trial.unit} in ${seconds.toFixed(0)} s`);
  for (const [name, value] of Object.entries(figures)) console.log(`  ${name.padEnd(width)}  ${value}`);
};

const TELL_EVERY_MS = 10_000;

/** A line now and then: a long form takes long. */
const teller = ({ name, unit }: Trial, size: number, begun: number): ((done: number) => void) => {
  let told = begun;
  return (done) => {
    if (performance.now() - told < TELL_EVERY_MS) return;
    told = performance.now();
    const seconds = secondsSince(begun);
    const left = done === 0 ? '' : `, about ${((seconds / done) * (size - done)).toFixed(0)} s left`;
    console.error(`${name}: ${done} of ${size} ${unit} after ${seconds.toFixed(0)} s${left}`);
  };
};

let failed = 0;
await mochaGlobalSetup();
for (const trial of chosen) {
  const size = values.size === undefined ? (values.long ? trial.long : trial.short) : Number(values.size);
  const begun = performance.now();
  try {
    const figures = await trial.run(size, { alone: true, progress: teller(trial, size, begun) });
    print(trial, size, secondsSince(begun), figures);
  } catch (error) {
    failed++;
    console.error(`\n${trial.name}: a promise was broken`, error);
  }
}
await mochaGlobalTeardown();
process.exit(failed === 0 ? 0 : 1);

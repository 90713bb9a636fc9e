import { parseArgs } from 'node:util';
import { connect } from '../api.ts';
import { loginFrom, LOGIN_HELP, LOGIN_OPTIONS, UsageError } from '../arguments.ts';
import { chooseLocation } from '../import/set-up.ts';
import { playEvening, seeded } from './evening.ts';
import { setUpRestaurant } from './set-up.ts';

export const DEMO_HELP = `brigade demo [--speed 20] [--minutes 240] [--seed N] [--location NAME]
  Plays an invented evening into a running server, so that every screen lives.
  --speed     how many times faster than life (default 20)
  --minutes   how long guests keep arriving, in minutes of the restaurant's time (default 240)
  --seed      another evening for each number (default 1)
${LOGIN_HELP}`;

const numberFrom = (name: string, text: string): number => {
  const value = Number(text);
  if (value > 0 && Number.isFinite(value)) return value;
  throw new UsageError(`--${name} takes a number above 0, not ${text}`);
};

/** Exit code: 0 the evening is over, 130 stopped. */
export const demoCommand = async (args: readonly string[], env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<number> => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...LOGIN_OPTIONS,
      speed: { type: 'string', default: '20' },
      minutes: { type: 'string', default: '240' },
      seed: { type: 'string', default: '1' },
      location: { type: 'string' },
    },
  });
  const speed = numberFrom('speed', values.speed);
  const api = await connect(loginFrom(values, env));
  const location = await chooseLocation(api, values.location);
  await setUpRestaurant(api, location, speed);
  const random = seeded(numberFrom('seed', values.seed));
  const minutes = numberFrom('minutes', values.minutes);
  const { parties } = await playEvening({ api, location, speed, minutes, signal, random, tell: (line) => console.log(line) });
  console.log(`${parties} parties have eaten and paid.`);
  return signal.aborted ? 130 : 0;
};

import type { Json } from '../domain/decider.ts';
import { understood } from './newer-version.ts';
import type { LogEvent } from './ports.ts';
import { commands } from './registry.ts';

const deciders = new Map(commands.map(({ aggregate }) => [aggregate.name, aggregate.decider]));

/** Maps, which rules like, become objects, which JSON likes. */
const asJson = (value: unknown): Json =>
  JSON.parse(
    JSON.stringify(value, (_name, inner: unknown) =>
      inner instanceof Map ? Object.fromEntries(inner) : inner instanceof Set ? [...inner] : inner,
    ),
  );

/** The state an aggregate's events add up to, as its rules see it; null for a stream of no known aggregate. Throws NewerVersionNeeded. */
export const foldStream = (stream: string, events: readonly LogEvent[]): Json => {
  const decider = deciders.get(stream.slice(0, stream.indexOf('-')));
  if (decider === undefined) return null;
  return asJson(events.map(understood).reduce((state, event) => decider.evolve(state, event), decider.initial));
};

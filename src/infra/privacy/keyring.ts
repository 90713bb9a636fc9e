import { createSecretKey, type KeyObject } from 'node:crypto';
import type { Subject } from '../../domain/subject.ts';
import type { DataKey, KeyStore } from './key-store.ts';
import { together } from './together.ts';

/** Null: it was destroyed. */
export type HeldKey = KeyObject | null;

/** Data keys in memory, for a short time. */
export type Keyring = {
  /** Undefined: the key store has to be asked. */
  readonly recall: (subjectId: string) => HeldKey | undefined;
  /** Subjects that never had a key are left out. */
  readonly read: (subjectIds: readonly string[]) => Promise<ReadonlyMap<string, HeldKey>>;
  readonly make: (subjects: readonly Subject[], locationId: string | null) => Promise<ReadonlyMap<string, HeldKey>>;
  /** What was destroyed is asked for anew. */
  readonly forget: (subjectIds: readonly string[]) => void;
};

type Held = { readonly key: HeldKey; readonly until: number };

export type KeyringOptions = {
  readonly store: Pick<KeyStore, 'read' | 'make'>;
  /** Milliseconds that only go forward. */
  readonly now: () => number;
  readonly heldMs?: number;
  readonly capacity?: number;
};

const HELD_MS = 60_000;
const CAPACITY = 50_000;

export const keyring = ({ store, now, heldMs = HELD_MS, capacity = CAPACITY }: KeyringOptions): Keyring => {
  const held = new Map<string, Held>();
  /** Raised by each `forget`: what was asked for before it is not kept. */
  let era = 0;

  const recall = (subjectId: string): HeldKey | undefined => {
    const one = held.get(subjectId);
    if (one === undefined) return undefined;
    if (one.until > now()) return one.key;
    held.delete(subjectId);
    return undefined;
  };

  const kept = async (ask: () => Promise<ReadonlyMap<string, DataKey>>): Promise<ReadonlyMap<string, HeldKey>> => {
    const before = era;
    const until = now() + heldMs;
    const found = new Map<string, HeldKey>();
    for (const [id, bytes] of await ask()) {
      const key = bytes === null ? null : createSecretKey(bytes);
      found.set(id, key);
      if (era === before) held.set(id, { key, until });
    }
    for (const oldest of held.keys()) {
      if (held.size <= capacity) break;
      held.delete(oldest);
    }
    return found;
  };

  const asked = async (
    ids: readonly string[],
    ask: (missing: readonly string[]) => Promise<ReadonlyMap<string, HeldKey>>,
  ): Promise<ReadonlyMap<string, HeldKey>> => {
    const found = new Map<string, HeldKey>();
    const missing: string[] = [];
    for (const id of ids) {
      const key = recall(id);
      if (key === undefined) missing.push(id);
      else found.set(id, key);
    }
    if (missing.length === 0) return found;
    const answer = await ask(missing);
    for (const id of missing) {
      const key = answer.get(id);
      if (key !== undefined) found.set(id, key);
    }
    return found;
  };

  /** By location, each its own: keys are made for many orders that are opened or spoken about at once. */
  const makers = new Map<string | null, (subjects: readonly Subject[]) => Promise<ReadonlyMap<string, HeldKey>>>();
  const makerAt = (locationId: string | null) => {
    const known = makers.get(locationId);
    if (known !== undefined) return known;
    const maker = together((subjects: readonly Subject[]) => kept(() => store.make(subjects, locationId)));
    makers.set(locationId, maker);
    return maker;
  };

  return {
    recall,
    read: (subjectIds) => asked(subjectIds, (missing) => kept(() => store.read(missing))),
    make: (subjects, locationId) =>
      asked(
        subjects.map(({ id }) => id),
        (missing) => makerAt(locationId)(subjects.filter(({ id }) => missing.includes(id))),
      ),
    forget: (subjectIds) => {
      era++;
      for (const id of subjectIds) held.delete(id);
    },
  };
};

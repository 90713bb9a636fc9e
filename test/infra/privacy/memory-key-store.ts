import { randomBytes } from 'node:crypto';
import { DependencyDown } from '../../../src/commands/ports.ts';
import type { DataKey, KeyStore } from '../../../src/infra/privacy/key-store.ts';

/** Keys in memory, which can be out of reach. */
export const memoryKeyStore = () => {
  const keys = new Map<string, DataKey>();
  let down = false;
  let asked = 0;
  const answer = (ids: readonly string[]): ReadonlyMap<string, DataKey> => {
    asked++;
    if (down) throw new DependencyDown('key store', new Error('unplugged'));
    return new Map(ids.flatMap((id): readonly (readonly [string, DataKey])[] => (keys.has(id) ? [[id, keys.get(id) ?? null]] : [])));
  };
  const store: Pick<KeyStore, 'read' | 'make'> = {
    read: async (ids) => answer(ids),
    make: async (subjects) => {
      if (!down) for (const { id } of subjects) if (!keys.has(id)) keys.set(id, randomBytes(32));
      return answer(subjects.map(({ id }) => id));
    },
  };
  return {
    ...store,
    keys,
    asked: () => asked,
    destroy: (id: string) => void keys.set(id, null),
    lose: (id: string) => void keys.delete(id),
    setDown: (is: boolean) => void (down = is),
  };
};

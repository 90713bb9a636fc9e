import type { Entry } from './outbox.ts';
import type { OutboxStorage } from './outbox-runner.ts';

const PREFIX = 'brigade.outbox.';

/** One item an entry, so that two tabs never overwrite each other's. */
export const outboxStorage = (items: Storage): OutboxStorage => ({
  all: () =>
    Object.keys(items)
      .filter((name) => name.startsWith(PREFIX))
      .toSorted()
      .flatMap((name) => items.getItem(name) ?? [])
      .map((text) => JSON.parse(text) as Entry),
  put: (entry) => items.setItem(`${PREFIX}${entry.key}`, JSON.stringify(entry)),
  remove: (key) => items.removeItem(`${PREFIX}${key}`),
});

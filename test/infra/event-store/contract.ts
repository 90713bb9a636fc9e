import type { EventStore } from '../../../src/commands/ports.ts';
import { describeAppends } from './contract-appends.ts';
import { describeEvents } from './contract-events.ts';
import { describeLog } from './contract-log.ts';
import { describeReceipts } from './contract-receipts.ts';

/** One log: `open` gives one more store on it, as another start of the program would. */
export type Log = { readonly open: () => EventStore; readonly close: () => Promise<void> };

/** Stores of the log under test; those a test opens are closed with the suite. */
export type Subject = { readonly store: () => EventStore; readonly another: () => EventStore };

/** What every event store keeps to. */
export const eventStoreContract = (name: string, newLog: () => Promise<Log>): void => {
  describe(`${name}: the event store's contract`, () => {
    let log: Log;
    let opened: EventStore[] = [];
    const another = (): EventStore => {
      const store = log.open();
      opened.push(store);
      return store;
    };
    const store = (): EventStore => opened[0] ?? another();

    before(async () => {
      log = await newLog();
    });
    after(async () => {
      await Promise.all(opened.map((each) => each.close()));
      opened = [];
      await log.close();
    });

    const subject: Subject = { store, another };
    describeAppends(subject);
    describeReceipts(subject);
    describeEvents(subject);
    describeLog(subject);
  });
};

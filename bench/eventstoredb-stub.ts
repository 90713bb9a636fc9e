import { eventStoreDbStub } from '../test/support/eventstoredb-stub.ts';

/** The stub as a process of its own; ends with its parent. */
export type Pace = { readonly appendMs: number; readonly callsAConnection: number };

process.once('message', (pace: Pace) => {
  void eventStoreDbStub(pace).then(({ url }) => process.send?.(url));
});
process.once('disconnect', () => process.exit());

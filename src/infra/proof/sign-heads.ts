import type { Clock } from '../../commands/ports.ts';
import { GENESIS, leafOf, link } from '../../proof/chain.ts';
import { isSignedHead, signHead, type LogKey, type SignedHead } from '../../proof/head.ts';
import { rootOf } from '../../proof/tree.ts';
import { keepHead, latestHead, type Asks, type ChainedEvent, type ChainedLog } from './chained-log.ts';

/** The log does not follow from the last signed head: it was changed in the database. */
export class ChainBroken extends Error {
  readonly code = 'chain-broken';
  readonly position: number;
  constructor(position: number, what: string) {
    super(`Position ${position}: ${what}. Nothing more is signed; compare with a backup, and with heads kept elsewhere.`);
    this.name = 'ChainBroken';
    this.position = position;
  }
}

/** Of events between two heads: a proof has one hash for each doubling of them. */
export const MOST_UNDER_A_HEAD = 8192;

const followed = (
  events: readonly ChainedEvent[],
  after: number,
  from: Buffer,
): { readonly chain: Buffer; readonly leaves: readonly Buffer[] } => {
  let chain = from;
  const leaves = events.map(({ position, line, chain: stored }, index) => {
    if (position !== after + index + 1) throw new ChainBroken(after + index + 1, 'it is missing');
    const leaf = leafOf(line);
    chain = link(chain, leaf);
    if (!chain.equals(stored)) throw new ChainBroken(position, 'its hash is not that of the event');
    return leaf;
  });
  return { chain, leaves };
};

const stillThere = async (chained: ChainedLog, head: SignedHead, key: LogKey): Promise<void> => {
  if (head.keyId === key.id && !isSignedHead(head, key.publicKey))
    throw new ChainBroken(head.position, 'the signature of its head is false');
  const [event] = await chained.events(head.position - 1, head.position);
  if (event?.chain.toString('hex') !== head.chain) throw new ChainBroken(head.position, 'it is not what was signed');
};

/**
 * Signs what was written since the last head, after reading it all again; null: nothing was. Several heads may be needed: call it
 * until it gives null. Only one caller at a time. Throws ChainBroken.
 */
export const signNextHead = async (db: Asks, chained: ChainedLog, key: LogKey, clock: Clock): Promise<SignedHead | null> => {
  const before = await latestHead(db, chained.heads);
  const after = before?.position ?? 0;
  const through = Math.min(await chained.position(), after + MOST_UNDER_A_HEAD);
  if (before !== null) await stillThere(chained, before, key);
  if (through < after) throw new ChainBroken(through + 1, 'it was signed and is missing');
  if (through === after) return null;
  const events = await chained.events(after, through);
  const { chain, leaves } = followed(events, after, before === null ? GENESIS : Buffer.from(before.chain, 'hex'));
  if (leaves.length !== through - after) throw new ChainBroken(after + leaves.length + 1, 'it is missing');
  const head = signHead(
    { after, position: through, chain: chain.toString('hex'), root: rootOf(leaves).toString('hex'), signedAt: clock.now().toISOString() },
    key,
  );
  await keepHead(db, chained.heads, head);
  return head;
};

import { DatabaseError, type Pool, type QueryResultRow } from 'pg';
import { DependencyDown, type Outcome, type Receipt, type Revision, type StoredReceipt } from '../../../commands/ports.ts';

/** Who holds a key that is not settled yet, and for how long. */
export type PendingClaim = {
  readonly receipt: Receipt;
  readonly stream: string;
  readonly commandId: string;
  readonly ageMs: number;
};

export type Claimed =
  | { readonly kind: 'claimed' }
  | { readonly kind: 'known'; readonly receipt: StoredReceipt }
  | { readonly kind: 'pending'; readonly claim: PendingClaim };

type Place = { readonly stream: string; readonly revision: Revision; readonly position: number };

/**
 * Receipts where the log itself cannot keep them: a key is claimed before its append and completed after it.
 * Throws DependencyDown when PostgreSQL is out of reach.
 */
export type ReceiptLedger = {
  readonly find: (scope: string, key: string) => Promise<StoredReceipt | null>;
  readonly claim: (receipt: Receipt, stream: string, commandId: string) => Promise<Claimed>;
  /** Takes a claim from one who will not come back for it; false when it changed meanwhile. */
  readonly takeOver: (claim: PendingClaim, receipt: Receipt, stream: string, commandId: string) => Promise<boolean>;
  /** Gives the time it was recorded at, ISO 8601. */
  readonly complete: (receipt: Receipt, place: Place) => Promise<string>;
  readonly abandon: (receipt: Receipt, commandId: string) => Promise<void>;
};

type StoredRow = {
  readonly fingerprint: string;
  readonly outcome: Outcome;
  readonly stream: string;
  readonly revision: number;
  readonly position: string;
};
type ClaimRow = StoredRow & { readonly state: 'claimed' | 'known' | 'pending'; readonly command_id: string; readonly age_ms: number };

const FIND = 'select fingerprint, outcome, stream, revision, position from public.receipts where scope = $1 and key = $2';
const CLAIM = `select state, fingerprint, outcome, stream, revision, position, command_id, extract(epoch from age)::float8 * 1000 as age_ms
  from public.claim_receipt($1, $2, $3, $4, $5, $6)`;
const TAKE_OVER = `update public.pending_receipts set fingerprint = $3, outcome = $4, stream = $5, command_id = $6, claimed_at = clock_timestamp()
  where scope = $1 and key = $2 and command_id = $7`;
const COMPLETE = `with settled as (delete from public.pending_receipts where scope = $1 and key = $2)
  insert into public.receipts (scope, key, fingerprint, outcome, stream, revision, position, recorded_at)
  values ($1, $2, $3, $4, $5, $6, $7, date_trunc('milliseconds', clock_timestamp()))
  on conflict (scope, key) do nothing returning recorded_at`;
const ABANDON = 'delete from public.pending_receipts where scope = $1 and key = $2 and command_id = $3';

const stored = (scope: string, key: string, { fingerprint, outcome, stream, revision, position }: StoredRow): StoredReceipt => ({
  scope,
  key,
  fingerprint,
  outcome,
  stream,
  revision,
  position: Number(position),
});

export const receiptLedger = (pool: Pool): ReceiptLedger => {
  const ask = async <Row extends QueryResultRow>(name: string, text: string, values: readonly (string | number)[]) => {
    try {
      return await pool.query<Row>({ name, text, values: [...values] });
    } catch (error) {
      throw error instanceof DatabaseError && error.severity === 'ERROR' ? error : new DependencyDown('database', error);
    }
  };
  const values = ({ scope, key, fingerprint, outcome }: Receipt): readonly string[] => [scope, key, fingerprint, JSON.stringify(outcome)];

  return {
    find: async (scope, key) => {
      const {
        rows: [row],
      } = await ask<StoredRow>('find-receipt', FIND, [scope, key]);
      return row === undefined ? null : stored(scope, key, row);
    },
    claim: async (receipt, stream, commandId) => {
      const { scope, key } = receipt;
      const {
        rows: [row],
      } = await ask<ClaimRow>('claim-receipt', CLAIM, [...values(receipt), stream, commandId]);
      if (row === undefined || row.state === 'claimed') return { kind: 'claimed' };
      if (row.state === 'known') return { kind: 'known', receipt: stored(scope, key, row) };
      const { fingerprint, outcome, stream: claimedFor, command_id: claimedBy, age_ms: ageMs } = row;
      return { kind: 'pending', claim: { receipt: { scope, key, fingerprint, outcome }, stream: claimedFor, commandId: claimedBy, ageMs } };
    },
    takeOver: async (claim, receipt, stream, commandId) => {
      const { rowCount } = await ask('take-over-receipt', TAKE_OVER, [...values(receipt), stream, commandId, claim.commandId]);
      return rowCount === 1;
    },
    complete: async (receipt, { stream, revision, position }) => {
      const {
        rows: [row],
      } = await ask<{ recorded_at: Date }>('complete-receipt', COMPLETE, [...values(receipt), stream, revision, position]);
      return (row?.recorded_at ?? new Date()).toISOString();
    },
    abandon: async ({ scope, key }, commandId) => {
      await ask('abandon-receipt', ABANDON, [scope, key, commandId]);
    },
  };
};

import type { Holder } from '../commands/roles.ts';
import type { Json } from '../domain/decider.ts';
import type { ErasureReason, Subject, SubjectKind } from '../domain/subject.ts';
import type { SignedHead } from '../proof/head.ts';

/** Who asks: taken from a verified access token, as he stands now. */
export type Principal = Holder & {
  readonly userId: string;
  readonly name: string;
  readonly terminalId: string | null;
  /** The session that the access token belongs to. */
  readonly sessionId?: string;
  /** Roles that count once he has a second factor, or a password of his own. */
  readonly withheld?: readonly string[];
  /** Another chose his password, and here that is not enough. */
  readonly passwordGiven?: true;
};

/** Where a request about an account comes from. `address`: of IPv6 the network, as limits count it. `device`: what the device was given when somebody logged in on it. */
export type Origin = {
  readonly correlationId: string;
  readonly traceParent: string | null;
  readonly address: string;
  readonly device: string | null;
};

/** The OAuth wire format, hence snake case; `expires_in` in seconds. */
export type TokenPair = {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly token_type: 'Bearer';
  readonly expires_in: number;
};

/** `code`: of the second factor, or a recovery code. */
export type Credentials = { readonly email: string; readonly password: string; readonly code: string | null };
/** `device`: what makes this device known from now on; null: it was known already. */
export type LoggedIn = { readonly tokens: TokenPair; readonly device: string | null };
export type LoginRefusal = {
  readonly refused:
    | 'invalid-credentials'
    | 'account-locked'
    | 'account-disabled'
    | 'login-overloaded'
    | 'second-factor-required'
    | 'code-wrong';
  readonly retryAfterSeconds: number | null;
};
export type RefreshRefusal = { readonly refused: 'invalid-refresh-token' };

export type Identity = {
  readonly login: (credentials: Credentials, from: Origin) => Promise<LoggedIn | LoginRefusal>;
  readonly refresh: (refreshToken: string, from: Origin) => Promise<TokenPair | RefreshRefusal>;
  /** By the session's refresh token or one of its access tokens; quiet where it is neither, or ended already. */
  readonly logout: (token: string, from: Origin) => Promise<void>;
  /** Null: not ours, expired, ended, or malformed. Cheap for a token seen before. */
  readonly verify: (accessToken: string) => Promise<Principal | null>;
  /** The same person as he stands now; null where his session is over or he may no longer come in. */
  readonly standing: (principal: Principal) => Promise<Principal | null>;
  /** RFC 7517 key set. */
  readonly jwks: () => { readonly keys: readonly object[] };
};

/** A single-use pass to the live stream, valid for seconds, given against an access token. */
export type LiveTickets = {
  readonly issue: (principal: Principal) => Promise<{ readonly ticket: string; readonly expiresInSeconds: number }>;
  readonly redeem: (ticket: string) => Promise<Principal | null>;
};

type Fields = { readonly [name: string]: unknown };
export type Log = {
  readonly debug: (fields: Fields, message: string) => void;
  readonly info: (fields: Fields, message: string) => void;
  readonly warn: (fields: Fields, message: string) => void;
  readonly error: (fields: Fields, message: string) => void;
};

export type HttpMetrics = {
  /** `route` is the pattern, never the path, so that ids do not multiply series. */
  readonly requestEnded: (method: string, route: string, status: number, seconds: number) => void;
};

/** A request, as far as limits look at it. `address`: the client's, as far as it is known. */
export type LimitedRequest = { readonly method: string; readonly path: string; readonly address: string };
/** Of the bucket that is nearest to empty. `policy` as the header says it; `resetSeconds`: until it is full, or has one token again. */
export type RateVerdict = {
  readonly rule: string;
  readonly granted: boolean;
  readonly policy: string;
  readonly remaining: number;
  readonly resetSeconds: number;
};
type Judged = RateVerdict | null | Promise<RateVerdict | null>;
/** Each takes a token where there is one; null: no rule is about this request. Throws `DependencyDown` where limits cannot be known. */
export type RateLimits = {
  readonly arriving: (request: LimitedRequest) => Judged;
  readonly known: (request: LimitedRequest, principal: Principal) => Judged;
};
export type RateMetrics = { readonly rateLimitExceeded: (rule: string) => void };

export type Health = {
  readonly ready: () => Promise<boolean>;
  readonly report: () => Promise<HealthReport>;
};
export type DependencyHealth = {
  readonly name: string;
  readonly status: 'up' | 'down';
  readonly detail: string | null;
  readonly latencyMs: number | null;
};
export type ProjectionHealth = {
  readonly name: string;
  readonly version: number;
  readonly position: number;
  readonly lagEvents: number;
  readonly parkedStreams: number;
};
export type HealthReport = {
  readonly status: 'up' | 'degraded' | 'down';
  readonly logPosition: number;
  readonly dependencies: readonly DependencyHealth[];
  readonly projections: readonly ProjectionHealth[];
};

/** `dead`: tried as often as it may be, now waiting for a person. Each dead job is `failed` in its own queue as well. */
export type JobState = 'waiting' | 'active' | 'delayed' | 'completed' | 'failed' | 'dead';
export type JobView = {
  readonly jobId: string;
  readonly queue: string;
  readonly name: string;
  readonly state: JobState;
  readonly attempts: number;
  readonly maxAttempts: number;
  /** Of the last attempt that failed. */
  readonly failure: string | null;
  readonly createdAt: string;
  readonly finishedAt: string | null;
  readonly locationId: string | null;
  /** The event that caused it. */
  readonly eventId: string;
  readonly correlationId: string;
  readonly data: Json;
};
export type JobFilter = { readonly queue: string | null; readonly state: JobState | null; readonly locationIds: readonly string[] | null };
export type Jobs = {
  readonly queues: readonly string[];
  readonly counts: () => Promise<readonly { readonly queue: string; readonly counts: { readonly [State in JobState]: number } }[]>;
  /** Without a state all but `failed`, newest first in each. `after` is an earlier page's `next`. */
  readonly list: (
    filter: JobFilter,
    limit: number,
    after: string | null,
  ) => Promise<{ readonly items: readonly JobView[]; readonly next: string | null }>;
  readonly retry: (jobId: string, locationIds: readonly string[] | null) => Promise<'retried' | 'unknown' | 'not-dead'>;
};

/** That an event is in the log: `path` (base64) leads from its hash to the root that the head signs. */
export type InclusionProof = { readonly position: number; readonly path: readonly string[]; readonly head: SignedHead };

export type LogProof = {
  /** That of the key which signs now; PEM. */
  readonly publicKey: { readonly id: string; readonly pem: string };
  /** The whole log, a line each, as docs/audit.md tells; events of locations that are not shown are given by their hashes. */
  readonly exportLines: (shows: (locationId: string | null) => boolean) => AsyncIterable<string>;
  readonly heads: (after: number, limit: number) => Promise<readonly SignedHead[]>;
  readonly latestHead: () => Promise<SignedHead | null>;
  /** An event's canonical line; null: there is none at this position. */
  readonly event: (position: number) => Promise<{ readonly line: string; readonly locationId: string | null } | null>;
  /** Null: no head that covers it was signed yet. */
  readonly proof: (position: number) => Promise<InclusionProof | null>;
};

export type Erasure = {
  readonly subjectId: string;
  readonly kind: SubjectKind;
  readonly reason: ErasureReason;
  readonly erasedBy: string;
  readonly erasedAt: string;
  /** Since when no read model has anything of it; null: they are being built anew. */
  readonly clearedAt: string | null;
};

/** Times are ISO 8601 once they are JSON. */
export type PersonalData = {
  readonly subjectId: string;
  readonly account: {
    readonly email: string;
    readonly fullName: string;
    readonly roles: readonly string[];
    readonly locationIds: readonly string[] | null;
    readonly createdAt: Date;
    readonly disabledAt: Date | null;
  } | null;
  readonly texts: readonly {
    readonly stream: string;
    readonly revision: number;
    readonly type: string;
    readonly field: string;
    readonly text: string;
    readonly recordedAt: string;
  }[];
  readonly shifts: readonly {
    readonly shiftId: string;
    readonly locationId: string;
    readonly clockedInAt: Date;
    readonly clockedOutAt: Date | null;
    readonly workedSeconds: number | null;
    readonly breakSeconds: number | null;
  }[];
};

/** Somebody whose data are kept; `locationIds` null: of every location. */
export type KnownPerson = { readonly kind: SubjectKind; readonly roles: readonly string[]; readonly locationIds: readonly string[] | null };

export type Privacy = {
  readonly person: (subjectId: string) => Promise<KnownPerson | null>;
  /** Once this resolves nobody can read what the log says of the person. */
  readonly erase: (subject: Subject, reason: ErasureReason, erasedBy: string) => Promise<Erasure>;
  readonly erasure: (subjectId: string) => Promise<Erasure | null>;
  readonly dataOf: (subjectId: string) => Promise<PersonalData>;
};

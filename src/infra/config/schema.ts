import Type, { type Static, type TSchema } from 'typebox';

const none = <S extends TSchema>(schema: S) => Type.Union([schema, Type.Null()]);
const text = () => Type.String({ minLength: 1, expected: 'a text that is not empty' });
const form = (pattern: string, expected: string) => Type.String({ pattern, expected });
const atLeast = (minimum: number) => Type.Integer({ minimum });
const positive = () => Type.Number({ exclusiveMinimum: 0 });
const list = <S extends TSchema>(items: S) => Type.Array(items, { uniqueItems: true });

/** Named in snake case in files and the environment. Every leaf has its default in config/default.yaml. */
export const configSchema = Type.Object({
  roles: Type.Array(Type.Enum(['api', 'projector', 'worker', 'live']), { uniqueItems: true, minItems: 1 }),
  data: Type.Object({ dir: text() }),
  server: Type.Object({
    host: text(),
    port: Type.Integer({ minimum: 0, maximum: 65_535 }),
    requestTimeoutSecs: positive(),
    maxRequestSize: atLeast(1024),
    allowedOrigins: list(form('^https?://[^/]+$', 'origins such as https://pos.example.com')),
    trustedProxies: atLeast(0),
    publicUrl: none(form('^https?://[^/?#]+$', 'an address such as https://pos.example.com')),
    headersTimeoutSecs: positive(),
    maxConnections: atLeast(1),
    maxConnectionsPerAddress: atLeast(1),
  }),
  rateLimits: Type.Object({
    table: list(
      form(
        '^\\s*[a-z][a-z0-9-]*\\s+(address|user|role|everyone)\\s+[a-z][a-z0-9-]*\\s+([*]|[A-Z]+)\\s+/\\S*\\s+[1-9]\\d{0,6}\\s+(0[.]\\d{0,3}[1-9]|[1-9]\\d{0,5}([.]\\d{1,4})?)\\s*$',
        'lines such as: login address anyone POST /api/v1/auth/login 60 1',
      ),
    ),
  }),
  outgoing: Type.Object({ privateNetworks: list(form('^[0-9a-fA-F:.]+/\\d{1,3}$', 'networks such as 10.1.0.0/16')) }),
  database: Type.Object({
    url: none(form('^postgres(ql)?://.', 'postgres://owner:password@host/database')),
    maxConnections: atLeast(4),
    minConnections: atLeast(0),
    acquireTimeoutSecs: positive(),
    allowUnsafe: Type.Boolean(),
  }),
  eventstore: Type.Object({
    url: none(form('^(esdb|kurrentdb)(\\+discover)?://.', 'esdb://host:port')),
    channels: Type.Integer({ minimum: 1, maximum: 64, expected: 'a whole number from 1 to 64' }),
  }),
  redis: Type.Object({ url: none(form('^rediss?://.', 'redis://host:port')) }),
  logging: Type.Object({ level: Type.Enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']) }),
  observability: Type.Object({ metrics: Type.Object({ prometheusEndpoint: none(form('^.+:\\d{1,5}$', 'host:port')) }) }),
  auth: Type.Object({
    registrationOpen: Type.Boolean(),
    jwtExpirationHours: positive(),
    refreshExpirationDays: positive(),
    sessionLongestDays: positive(),
    ownPasswords: Type.Boolean(),
    maxLoginAttempts: atLeast(1),
    maxLoginAttemptsPerAddress: atLeast(1),
    lockoutDurationMinutes: positive(),
    lockoutLongestMinutes: positive(),
    argon2MemoryKib: Type.Integer({ minimum: 8192, maximum: 4_194_304 }),
    argon2Passes: Type.Integer({ minimum: 1, maximum: 100 }),
    argon2Lanes: Type.Integer({ minimum: 1, maximum: 16 }),
    hashThreads: none(atLeast(1)),
    hashQueue: atLeast(0),
    secondFactorRoles: list(form('^[a-z][a-z0-9-]*$', 'roles such as owner')),
    accountKeyFile: none(text()),
    breachedPasswordsFile: none(text()),
    signingAlgorithm: Type.Enum(['RS256', 'PS256', 'EdDSA']),
    signingKeyFile: none(text()),
    formerKeyFiles: list(text()),
    keyRotationDays: positive(),
    issuer: text(),
  }),
  audit: Type.Object({
    headsIntervalSecs: positive(),
    headsFile: none(text()),
    headsUrl: none(form('^https?://.', 'https://host/path')),
    headsMail: list(form('^[^@\\s,]+@[^@\\s,]+$', 'e-mail addresses')),
    signingKeyFile: none(text()),
  }),
  privacy: Type.Object({
    keysUrl: none(form('^postgres(ql)?://.', 'postgres://owner:password@host/database')),
    masterKeyFile: none(text()),
    keyServiceUrl: none(form('^https?://.', 'https://host/v1/transit')),
    keyServiceKey: text(),
    keyServiceTokenFile: none(text()),
    formerStaffDays: none(atLeast(1)),
    guestDays: none(atLeast(1)),
  }),
  bootstrap: Type.Object({
    ownerEmail: form('^[^@\\s]+@[^@\\s]+$', 'an e-mail address'),
    ownerPassword: none(Type.String({ minLength: 12, maxLength: 128, expected: '12 to 128 characters' })),
    locationName: text(),
    timeZone: none(text()),
    currency: form('^[A-Z]{3}$', 'three capitals such as USD'),
  }),
  live: Type.Object({ heartbeatSecs: positive(), maxBufferedBytes: atLeast(1024) }),
  queries: Type.Object({ minPositionTimeoutMs: atLeast(0) }),
  smtp: Type.Object({ url: none(form('^smtps?://.', 'smtp://host:port')), from: text(), to: list(text()) }),
  jobs: Type.Object({ attempts: atLeast(1), backoffMs: atLeast(0) }),
});

type Parsed = Static<typeof configSchema>;
type Frozen<T> = T extends readonly (infer Item)[] ? readonly Item[] : T extends object ? { readonly [Key in keyof T]: Frozen<T[Key]> } : T;

/** `data.dir` and the files of `auth`, `audit` and `privacy` are absolute; `bootstrap.timeZone` is an IANA name. */
export type Config = Frozen<Omit<Parsed, 'bootstrap'> & { bootstrap: Omit<Parsed['bootstrap'], 'timeZone'> & { timeZone: string } }>;

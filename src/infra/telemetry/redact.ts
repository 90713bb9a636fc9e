type Fields = { readonly [name: string]: unknown };

const SECRET_NAME = /password|secret|authorization|cookie|tokens?$|^ticket$/i;
/** Begun at the beginning of a word alone, so that a long one is read once. */
const JSON_WEB_TOKEN = /(?<![\w-])[\w-]+\.eyJ[\w-]+\.[\w-]*/g;
const URL_PASSWORD = /(:\/\/[^\s:@/"]*:)[^\s@/"]+@/g;
const HIDDEN = '[redacted]';
const DEEPEST = 6;

/** Takes out what has a secret's name, at any depth, and makes errors plain: type, message, code, stack, cause, nothing a library hung on them. */
export const withoutSecrets = (fields: Fields): Fields => (isPlain(fields) ? fields : (shown(fields, 0) as Fields));

/** Takes out of a written line what looks like a token or a password in a URL, wherever it came from. */
export const scrubbed = (line: string): string => {
  const withoutTokens = line.includes('eyJ') ? line.replace(JSON_WEB_TOKEN, HIDDEN) : line;
  return withoutTokens.includes('://') ? withoutTokens.replace(URL_PASSWORD, `$1${HIDDEN}@`) : withoutTokens;
};

const secretNames = new Map<string, boolean>();
const MOST_NAMES = 1_000;

const isSecret = (name: string): boolean => {
  const known = secretNames.get(name);
  if (known !== undefined) return known;
  const secret = SECRET_NAME.test(name);
  if (secretNames.size < MOST_NAMES) secretNames.set(name, secret);
  return secret;
};

/** Nothing in it is hidden or nested: so it is with most lines. */
const isPlain = (fields: Fields): boolean => {
  if (fields instanceof Error) return false;
  for (const name of Object.keys(fields)) {
    const value = fields[name];
    if ((typeof value === 'object' && value !== null) || isSecret(name)) return false;
  }
  return true;
};

const shown = (value: unknown, depth: number): unknown => {
  if (typeof value !== 'object' || value === null) return value;
  if (depth > DEEPEST) return '[deeper]';
  if (value instanceof Error) return plainError(value, depth);
  if (Array.isArray(value)) return value.map((item) => shown(item, depth + 1));
  if ('toJSON' in value || ArrayBuffer.isView(value)) return value;
  const entries = Object.entries(value);
  return Object.fromEntries(entries.map(([name, item]) => [name, isSecret(name) ? HIDDEN : shown(item, depth + 1)]));
};

const plainError = (error: Error, depth: number): Fields => ({
  type: error.name,
  message: error.message,
  ...('code' in error ? { code: error.code } : {}),
  stack: error.stack,
  ...(error.cause === undefined ? {} : { cause: shown(error.cause, depth + 1) }),
  ...(error instanceof AggregateError ? { errors: shown(error.errors, depth + 1) } : {}),
});

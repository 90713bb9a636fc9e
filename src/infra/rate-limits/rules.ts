/** Whose bucket it is: each address's, each user's, that of all who have the same roles, or one of everybody. */
type Per = 'address' | 'user' | 'role' | 'everyone';

/** One line of the table `rate_limits.table`. */
export type Rule = {
  readonly name: string;
  readonly per: Per;
  /** Null: whatever role one has, and also before anybody is known. */
  readonly role: string | null;
  readonly method: string | null;
  readonly path: string;
  /** Paths that only begin so are meant as well. */
  readonly andBelow: boolean;
  readonly burst: number;
  readonly perSecond: number;
  /** As the RateLimit-Policy header tells it. */
  readonly policy: string;
};

const ruleFrom = (line: string): Rule => {
  const [name = '', per = '', role = '', method = '', path = '', burst = '', perSecond = ''] = line.trim().split(/\s+/);
  const andBelow = path.endsWith('*');
  return {
    name,
    per: per as Per,
    role: role === 'anyone' ? null : role,
    method: method === '*' ? null : method,
    path: (andBelow ? path.slice(0, -1) : path).toLowerCase(),
    andBelow,
    burst: Number(burst),
    perSecond: Number(perSecond),
    policy: `"${name}";q=${burst};w=${Math.ceil(Number(burst) / Number(perSecond))}`,
  };
};

/** The configuration has checked each line's form. */
export const rulesFrom = (table: readonly string[]): readonly Rule[] => table.map(ruleFrom);

/** Whether a rule can be asked before it is known who asks. */
export const isOfArrivals = ({ per, role }: Rule): boolean => role === null && (per === 'address' || per === 'everyone');

const WRITTEN_ODDLY = /[A-Z%]|\/(?:\/|$)/;

/** As the table writes it, whatever the routes take for the same: capitals, encoded letters, slashes too many. */
export const plainPath = (path: string): string => {
  if (!WRITTEN_ODDLY.test(path)) return path;
  return decoded(path)
    .toLowerCase()
    .replaceAll(/\/+/g, '/')
    .replace(/(?<=.)\/$/, '');
};

const decoded = (path: string): string => {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
};

/** `path` as `plainPath` gives it. */
export const coversRequest = ({ method, path, andBelow }: Rule, asked: { readonly method: string; readonly path: string }): boolean =>
  (method === null || method === asked.method) && (andBelow ? asked.path.startsWith(path) : asked.path === path);

import path from 'node:path';
import { closest } from './config/closest.ts';
import { ConfigRefused } from './config/refused.ts';
import { configSchema, type Config } from './config/schema.ts';
import { checkOf, settingsOf, treeOf } from './config/settings.ts';
import { envName, fromEnvironment, fromYaml, type Environment, type Written } from './config/sources.ts';

export type { Config } from './config/schema.ts';
export { ConfigRefused } from './config/refused.ts';

const FOLDER = path.join(import.meta.dirname, '..', '..', 'config');

const settings = new Map(settingsOf(configSchema).map((setting) => [setting.path, setting]));
const paths = [...settings.keys()];
const problemWith = checkOf([...settings.values()]);

const unknownProblem = ({ name, where, path: wanted }: Written): string => {
  const near = closest(wanted, paths);
  const hint = near === null ? '' : `; did you mean ${where === '' ? envName(near) : near}?`;
  return `${name}${where}: unknown setting${hint}`;
};

const problemsOf = (written: Written): readonly string[] => {
  const { setting, name, where, value } = written;
  if (setting === null) return [unknownProblem(written)];
  const problem = problemWith(setting, value);
  return problem === null ? [] : [`${name}${where}: ${problem}`];
};

const isTimeZone = (name: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).format() !== '';
  } catch {
    return false;
  }
};

/** What no single setting's schema can say. */
const contradictions = (
  { database, bootstrap, audit, smtp, rateLimits }: Config,
  nameOf: (setting: string) => string,
): readonly string[] => [
  ...(database.minConnections > database.maxConnections
    ? [`${nameOf('database.min_connections')}: must not be more than ${nameOf('database.max_connections')}`]
    : []),
  ...(audit.headsMail.length > 0 && smtp.url === null
    ? [`${nameOf('audit.heads_mail')}: needs a server to send mail through, in ${envName('smtp.url')}`]
    : []),
  ...rateLimits.table
    .map((line) => line.trim().split(/\s+/)[0] ?? '')
    .filter((name, index, names) => names.indexOf(name) !== index)
    .map((name) => `${nameOf('rate_limits.table')}: ${name} stands there twice`),
  ...(isTimeZone(bootstrap.timeZone) ? [] : [`${nameOf('bootstrap.time_zone')}: must be an IANA time zone such as Europe/Lisbon`]),
];

const frozen = <T>(value: T): T => {
  if (typeof value === 'object' && value !== null) for (const inner of Object.values(value)) frozen(inner);
  return Object.freeze(value);
};

const completed = (values: ReadonlyMap<string, unknown>, folder: string): Config => {
  const absolute = (file: unknown): unknown =>
    typeof file === 'string' ? path.resolve(folder, file) : Array.isArray(file) ? file.map(absolute) : file;
  const tree = treeOf(
    new Map([
      ...values,
      ['data.dir', absolute(values.get('data.dir'))],
      ['auth.signing_key_file', absolute(values.get('auth.signing_key_file'))],
      ['auth.former_key_files', absolute(values.get('auth.former_key_files'))],
      ['auth.breached_passwords_file', absolute(values.get('auth.breached_passwords_file'))],
      ['auth.account_key_file', absolute(values.get('auth.account_key_file'))],
      ['audit.signing_key_file', absolute(values.get('audit.signing_key_file'))],
      ['audit.heads_file', absolute(values.get('audit.heads_file'))],
      ['privacy.master_key_file', absolute(values.get('privacy.master_key_file'))],
      ['privacy.key_service_token_file', absolute(values.get('privacy.key_service_token_file'))],
      ['bootstrap.time_zone', values.get('bootstrap.time_zone') ?? new Intl.DateTimeFormat().resolvedOptions().timeZone],
    ]),
  );
  // Each leaf has been checked against the schema this type is made from, and none is missing.
  return tree as Config;
};

/** config/default.yaml, then config/<APP_ENV>.yaml, then APP_SECTION__KEY. Throws ConfigRefused with every problem at once. */
export const readConfig = (
  env: Environment,
  { folder = FOLDER, cwd = process.cwd() }: { readonly folder?: string; readonly cwd?: string } = {},
): Config => {
  const choice = env['APP_ENV'] ?? '';
  if (/[^\w-]/.test(choice)) throw new ConfigRefused(['APP_ENV: must be the name of a file in config/, without .yaml']);
  const files = ['default', ...(choice === '' ? [] : [choice])].map((name) => path.join(folder, `${name}.yaml`));
  const written = [...files.flatMap((file) => fromYaml(file, settings)), ...fromEnvironment(env, settings)];
  const values = new Map(written.map(({ path: name, value }) => [name, value]));
  const missing = paths.filter((name) => !values.has(name)).map((name) => `${name}: is missing from ${files[0]}`);
  const problems = [...written.flatMap(problemsOf), ...missing];
  if (problems.length > 0) throw new ConfigRefused(problems);
  const config = completed(values, cwd);
  const nameOf = (setting: string): string => written.findLast((other) => other.path === setting)?.name ?? setting;
  const more = contradictions(config, nameOf);
  if (more.length > 0) throw new ConfigRefused(more);
  return frozen(config);
};

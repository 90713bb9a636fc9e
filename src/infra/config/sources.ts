import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { ConfigRefused } from './refused.ts';
import { fromText, type Setting } from './settings.ts';

/** A value somebody wrote; `name` is as he wrote it, `where` the file, if any. `setting` null: there is no such thing. */
export type Written = {
  readonly path: string;
  readonly name: string;
  readonly where: string;
  readonly value: unknown;
  readonly setting: Setting | null;
};

export type Environment = { readonly [name: string]: string | undefined };

const PREFIX = 'APP_';
/** Chooses the file, and is no setting itself. */
const CHOICE = 'APP_ENV';

export const envName = (path: string): string => PREFIX + path.toUpperCase().replaceAll('.', '__');

const isObject = (value: unknown): value is { readonly [name: string]: unknown } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const readYaml = (file: string): unknown => {
  try {
    return parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new ConfigRefused([`${file}: ${cause instanceof Error ? cause.message : String(cause)}`]);
  }
};

/** What a YAML file says; nothing where there is no such file. An empty section says nothing. */
export const fromYaml = (file: string, settings: ReadonlyMap<string, Setting>): readonly Written[] => {
  const isSection = (path: string): boolean => [...settings.keys()].some((known) => known.startsWith(`${path}.`));
  const leaves = (value: unknown, path: string): readonly Written[] => {
    const setting = settings.get(path) ?? null;
    if (setting !== null) return [{ path, name: path, where: ` (${file})`, value, setting }];
    if (path === '' || isSection(path)) {
      if (value === null) return [];
      if (isObject(value)) return Object.entries(value).flatMap(([name, inner]) => leaves(inner, path === '' ? name : `${path}.${name}`));
    }
    return [{ path, name: path, where: ` (${file})`, value, setting }];
  };
  return existsSync(file) ? leaves(readYaml(file), '') : [];
};

/** Every variable that begins with APP_. */
export const fromEnvironment = (env: Environment, settings: ReadonlyMap<string, Setting>): readonly Written[] =>
  Object.entries(env).flatMap(([name, text]) => {
    if (!name.startsWith(PREFIX) || name === CHOICE || text === undefined) return [];
    const path = name.slice(PREFIX.length).toLowerCase().replaceAll('__', '.');
    const setting = settings.get(path) ?? null;
    return [{ path, name, where: '', value: setting === null ? text : fromText(setting, text), setting }];
  });

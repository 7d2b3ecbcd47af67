/** One configuration from three sources: flags, then the environment, then the file, then the defaults. */
import { readFileSync } from 'node:fs';
import { configSchema, type ServerConfig } from './schema.ts';
import { findSetting, SETTINGS, type Setting, valueAt } from './settings.ts';

/** Configuration files larger than this are refused. bytes */
const MAX_FILE = 1024 ** 2;

export interface ConfigSources {
  /** By setting name (`limits.keyBytes`), as text. */
  readonly flags?: ReadonlyMap<string, string>;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Path of a JSON file. */
  readonly file?: string;
}

export interface Problem {
  /** The setting; `limits.keyBytes`. */
  readonly name: string;
  /** Where the value came from: `flag --port`, `environment variable COSETTE_PORT`, the file's name. */
  readonly source: string;
  /** As given; `***` for secrets; undefined when there is none. */
  readonly value: string | undefined;
  /** What is allowed. */
  readonly message: string;
}

/** Says everything that is wrong, one line a setting. */
export class ConfigError extends Error {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    const lines = problems.map((problem) => {
      const value = problem.value === undefined ? '' : ` = ${problem.value}`;
      return `  ${problem.name}${value} (${problem.source}) ${problem.message}`;
    });
    super(
      `the configuration has ${problems.length === 1 ? 'an error' : `${problems.length} errors`}:\n${lines.join('\n')}`,
    );
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

export interface LoadedConfig {
  readonly config: ServerConfig;
  /** Where each setting that is not at its default came from, by name. */
  readonly origins: ReadonlyMap<string, string>;
  /** Things that are odd but stop nothing: `COSETTE_*` variables that name no setting. */
  readonly warnings: readonly string[];
}

/** Variables of this program that are no settings. */
const OTHER_VARIABLES: ReadonlySet<string> = new Set(['COSETTE_CONFIG', 'COSETTE_ENDPOINT']);

/** @throws ConfigError */
export function loadConfig(sources: ConfigSources): LoadedConfig {
  const problems: Problem[] = [];
  const tree = sources.file === undefined ? {} : readFile(sources.file, problems);
  if (sources.file !== undefined) refuseUnknown(tree, sources.file, problems);
  const origins = new Map<string, string>();
  const raw: Record<string, unknown> = {};
  for (const setting of SETTINGS) {
    const [value, origin] = pick(setting, sources, tree);
    if (value === undefined) continue;
    origins.set(setting.name, origin);
    place(raw, setting.path, value);
  }
  const result = configSchema.safeParse(raw);
  for (const issue of result.error?.issues ?? []) {
    const path = issue.path.filter((step) => typeof step === 'string');
    const setting = findSetting(path.join('.'));
    if (setting === undefined) throw new Error(`no setting ${path.join('.')}: ${issue.message}`);
    if (problems.some((problem) => problem.name === setting.name)) continue;
    const source = origins.get(setting.name);
    const missing = [setting.flag === undefined ? undefined : `flag --${setting.flag}`, setting.env].filter(Boolean);
    problems.push({
      name: setting.name,
      source: source ?? `not set: ${missing.join(' or ')}`,
      value: source === undefined ? undefined : shown(setting, valueAt(raw, setting.path)),
      message: issue.message,
    });
  }
  if (problems.length > 0 || result.data === undefined) throw new ConfigError(problems);
  return { config: result.data, origins, warnings: unknownVariables(sources.env ?? {}) };
}

/** The value as it may be printed. */
export function shown(setting: Setting, value: unknown): string {
  if (setting.secret === true) return '***';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}

function pick(setting: Setting, sources: ConfigSources, tree: unknown): [value: unknown, origin: string] {
  const flag = sources.flags?.get(setting.name);
  if (flag !== undefined) return [flag, `flag --${setting.flag}`];
  const variable = sources.env?.[setting.env];
  // An empty variable is how compose files and CI systems spell "not set".
  if (variable !== undefined && variable !== '') return [variable, `environment variable ${setting.env}`];
  const value = valueAt(tree, setting.path);
  return value === null ? [undefined, ''] : [value, `file ${sources.file}`];
}

function place(tree: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [first = '', second] = path;
  if (second === undefined) {
    tree[first] = value;
    return;
  }
  const section = (tree[first] ?? {}) as Record<string, unknown>;
  section[second] = value;
  tree[first] = section;
}

function readFile(file: string, problems: Problem[]): unknown {
  const refuse = (message: string): unknown => {
    problems.push({ name: 'config', source: 'flag --config or COSETTE_CONFIG', value: file, message });
    return {};
  };
  let content: string;
  try {
    content = readFileSync(file, 'utf8');
  } catch (error) {
    return refuse(`cannot be read: ${(error as Error).message}`);
  }
  if (content.length > MAX_FILE) return refuse(`must not be larger than ${MAX_FILE} bytes`);
  try {
    const tree: unknown = JSON.parse(content);
    if (typeof tree === 'object' && tree !== null && !Array.isArray(tree)) return tree;
    return refuse('must hold one JSON object');
  } catch (error) {
    return refuse(`is not valid JSON: ${(error as Error).message}`);
  }
}

/** A misspelt name in the file must not be taken for a setting that is in force. */
function refuseUnknown(tree: unknown, file: string, problems: Problem[], prefix: readonly string[] = []): void {
  for (const [key, value] of Object.entries(tree as object)) {
    const path = [...prefix, key];
    const name = path.join('.');
    if (findSetting(name) !== undefined) continue;
    const isSection = SETTINGS.some((setting) => setting.path.length === 2 && setting.path[0] === name);
    if (isSection && typeof value === 'object' && value !== null && !Array.isArray(value)) {
      refuseUnknown(value, file, problems, path);
    } else if (isSection) {
      problems.push({ name, source: `file ${file}`, value: undefined, message: 'must be an object of settings' });
    } else {
      const near = nearest(name);
      const hint = near === undefined ? '' : `; did you mean ${near}?`;
      problems.push({ name, source: `file ${file}`, value: undefined, message: `is no setting${hint}` });
    }
  }
}

function unknownVariables(env: Readonly<Record<string, string | undefined>>): string[] {
  const known = new Set(SETTINGS.map((setting) => setting.env));
  return Object.keys(env)
    .filter((name) => name.startsWith('COSETTE_') && !known.has(name) && !OTHER_VARIABLES.has(name))
    .sort()
    .map((name) => `the environment variable ${name} names no setting`);
}

/** The setting whose last word begins alike, for a hint. */
function nearest(name: string): string | undefined {
  const plain = (text: string) => text.toLowerCase().replace(/[^a-z]/g, '');
  const wanted = plain(name);
  const leaf = plain(name.slice(name.lastIndexOf('.') + 1));
  return SETTINGS.find((setting) => {
    const last = plain(setting.path.at(-1) ?? '');
    return plain(setting.name) === wanted || last === leaf || (leaf.length > 3 && last.startsWith(leaf));
  })?.name;
}

/** The schema as a flat table: one row for each setting, with its names in all three sources. */
import type { z } from 'zod';
import { configSchema, SECTIONS } from './schema.ts';
import { type SettingMeta, settingMeta } from './setting-meta.ts';

export interface Setting extends SettingMeta {
  /** `port`, `limits.keyBytes`: the path in the file and in `ServerConfig`. */
  readonly name: string;
  readonly path: readonly string[];
  /** Without dashes; undefined for secrets. */
  readonly flag: string | undefined;
  readonly env: string;
  /** May stand without a value on the command line. */
  readonly isToggle: boolean;
  /** Effective value when nothing sets it; undefined where there is none. */
  readonly fallback: unknown;
}

/** In the order of the schema, sections last. */
export const SETTINGS: readonly Setting[] = flatten();

const byName: ReadonlyMap<string, Setting> = new Map(SETTINGS.map((setting) => [setting.name, setting]));

export function findSetting(name: string): Setting | undefined {
  return byName.get(name);
}

/** The value at a path of nested plain objects. */
export function valueAt(tree: unknown, path: readonly string[]): unknown {
  let value = tree;
  for (const name of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  return value;
}

function flatten(): Setting[] {
  const defaults = configSchema.parse({});
  const rows: Setting[] = [];
  const add = (path: readonly string[], schema: z.ZodType, meta: SettingMeta) => {
    const spoken = meta.short === true ? path.slice(-1) : path;
    const words = spoken.join('-').replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    rows.push({
      ...meta,
      name: path.join('.'),
      path,
      flag: meta.secret === true ? undefined : words,
      env: `COSETTE_${words.replaceAll('-', '_').toUpperCase()}`,
      isToggle: schema.safeParse(false).success,
      fallback: valueAt(defaults, path),
    });
  };
  for (const [name, schema] of Object.entries(configSchema.shape)) {
    const meta = settingMeta.get(schema);
    if (meta !== undefined) {
      add([name], schema, meta);
      continue;
    }
    const section = SECTIONS[name as keyof typeof SECTIONS];
    for (const [inner, innerSchema] of Object.entries(section.shape)) {
      const innerMeta = settingMeta.get(innerSchema);
      if (innerMeta === undefined) throw new Error(`the setting ${name}.${inner} has no description`);
      add([name, inner], innerSchema, innerMeta);
    }
  }
  return rows;
}

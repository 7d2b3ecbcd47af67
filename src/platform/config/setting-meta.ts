/** What a setting says of itself besides its type. */
import { z } from 'zod';

export interface SettingMeta {
  /** One sentence, for `--help` and the document. */
  readonly description: string;
  /** What stands behind the flag in `--help`. */
  readonly placeholder: string;
  readonly unit?: 'bytes' | 'ms';
  /** Never printed; has no flag, since other users of the machine can read a command line. */
  readonly secret?: boolean;
  /** Name without the section, where the flag and the variable are known by it (`account.appid`: `--appid`). */
  readonly short?: boolean;
}

/** What is known of each setting's schema besides its type. */
export const settingMeta = z.registry<SettingMeta>();

/** A schema with what is known of it. */
export function setting<S extends z.ZodType>(schema: S, meta: SettingMeta): S {
  settingMeta.add(schema, meta);
  return schema;
}

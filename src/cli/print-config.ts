/** What `cosette config` prints. */
import { type LoadedConfig, SETTINGS, shown, valueAt } from '../platform/config/index.ts';

/** @param json a configuration file (secrets left out) instead of one `name = value (origin)` a line */
export function printConfig({ config, origins, warnings }: LoadedConfig, json: boolean): string {
  if (json) {
    const { secretId: _id, secretKey: _key, ...account } = config.account;
    return `${JSON.stringify({ ...config, account }, undefined, 2)}\n`;
  }
  let out = '';
  for (const setting of SETTINGS) {
    const value = valueAt(config, setting.path);
    const text = value === undefined ? '–' : shown(setting, value);
    out += `${setting.name} = ${text} (${origins.get(setting.name) ?? 'default'})\n`;
  }
  for (const warning of warnings) out += `warning: ${warning}\n`;
  return out;
}

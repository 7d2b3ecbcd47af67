/** Configuration: `loadConfig` reads it, `SETTINGS` describes it. */
export { ConfigError, type ConfigSources, type LoadedConfig, loadConfig, type Problem, shown } from './load.ts';
export { COS_REGIONS } from './regions.ts';
export type { ServerConfig } from './schema.ts';
export { SETTINGS, type Setting, valueAt } from './settings.ts';

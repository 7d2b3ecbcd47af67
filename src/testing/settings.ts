/** The configuration of a server for tests: the defaults of the product, what was asked for, and what tests need. */
import { ConfigError, type ServerConfig } from '../platform/config/index.ts';
import { configSchema } from '../platform/config/schema.ts';
import type { StartOptions } from './types.ts';

/** Settings that something else decides here, or that have no meaning without a process of its own. */
const NOT_HERE: Readonly<Record<string, string>> = {
  data: 'use the option folder',
  host: 'the server listens on 127.0.0.1',
  port: 'use the option port',
  region: 'use the option region',
  account: 'use the options credentials, appid and uin',
  testClock: 'the clock can always be set',
  log: 'use the option onLog',
  audit: 'there is no audit log; use requests()',
  tls: 'there is no HTTPS; use `cosette serve`',
};
/** ms */
const DRAIN_MS = 2_000;

/** @throws ConfigError */
export function configFor(options: StartOptions): ServerConfig {
  const { settings = {}, folder, port = 0, region, credentials, appid, uin } = options;
  const problems = Object.keys(settings)
    .filter((name) => Object.hasOwn(NOT_HERE, name))
    .map((name) => ({ name, source: 'settings', value: undefined, message: `is not for here: ${NOT_HERE[name]}` }));
  if (problems.length > 0) throw new ConfigError(problems);
  const result = configSchema.safeParse({
    drainMs: DRAIN_MS,
    ...settings,
    port,
    host: ['127.0.0.1'],
    account: { ...credentials, appid, uin },
    ...(folder === undefined ? {} : { data: folder }),
    ...(region === undefined ? {} : { region }),
  });
  if (result.success) return result.data;
  throw new ConfigError(
    result.error.issues.map(({ path, message }) => ({
      name: path.join('.') || 'settings',
      source: 'options of startCosette',
      value: undefined,
      message,
    })),
  );
}

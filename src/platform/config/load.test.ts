import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ConfigError, type ConfigSources, loadConfig, SETTINGS } from './index.ts';

const folder = mkdtempSync(join(tmpdir(), 'cosette-config-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
function file(content: unknown): string {
  const path = join(folder, `${++files}.json`);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

function flags(values: Record<string, string>): ReadonlyMap<string, string> {
  return new Map(Object.entries(values));
}

function problems(sources: ConfigSources) {
  try {
    loadConfig(sources);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  throw new Error('the configuration was accepted');
}

describe('loadConfig', () => {
  it('needs nothing', () => {
    const { config, origins, warnings } = loadConfig({});
    expect(config.port).toBe(9000);
    expect(config.host).toEqual(['127.0.0.1', '::1']);
    expect(config.region).toBe('ap-guangzhou');
    expect(config.limits.singleUploadBytes).toBe(5 * 1024 ** 3);
    expect(config.durability).toBe('full');
    expect(config.account).toEqual({});
    expect(origins.size).toBe(0);
    expect(warnings).toEqual([]);
  });

  it('prefers the flag, then the variable, then the file, then the default', () => {
    const sources = {
      flags: flags({ port: '1' }),
      env: { COSETTE_PORT: '2', COSETTE_DATA: '/e' },
      file: file({ port: 3, data: '/f', limits: { keyBytes: 100 } }),
    };
    const { config, origins } = loadConfig(sources);
    expect([config.port, config.data, config.limits.keyBytes, config.drainMs]).toEqual([1, '/e', 100, 30_000]);
    expect(origins.get('port')).toBe('flag --port');
    expect(origins.get('data')).toBe('environment variable COSETTE_DATA');
    expect(origins.get('limits.keyBytes')).toBe(`file ${sources.file}`);
    expect(origins.has('drainMs')).toBe(false);
  });

  it('reads sizes, durations, lists and switches as text and as JSON values', () => {
    const text = loadConfig({
      env: {
        COSETTE_LIMITS_XML_BYTES: '64KiB',
        COSETTE_LIMITS_BODY_STALL_MS: '5s',
        COSETTE_HOST: ' 0.0.0.0 , ::,0.0.0.0',
        COSETTE_LOG_ACCESS: 'false',
      },
    }).config;
    const json = loadConfig({
      file: file({ host: ['0.0.0.0', '::'], limits: { xmlBytes: 65_536, bodyStallMs: '5s' }, log: { access: false } }),
    }).config;
    expect(text).toEqual(json);
    expect(text.host).toEqual(['0.0.0.0', '::']);
    expect(text.limits.xmlBytes).toBe(65_536);
    expect(text.limits.bodyStallMs).toBe(5_000);
    expect(text.log.access).toBe(false);
  });

  it('takes an empty variable and a null in the file as not set', () => {
    const { config, origins } = loadConfig({ env: { COSETTE_PORT: '' }, file: file({ region: null }) });
    expect(config.port).toBe(9000);
    expect(config.region).toBe('ap-guangzhou');
    expect(origins.size).toBe(0);
  });

  it('names every bad setting, its value, where it came from and what is allowed', () => {
    const path = file({ limits: { connections: 'many' }, durability: 'maybe' });
    const found = problems({
      flags: flags({ port: '70000', 'limits.keyBytes': '1KiB' }),
      env: { COSETTE_GRACE_MS: '-1', COSETTE_REGIONS: 'Ap_1' },
      file: path,
    });
    expect(Object.fromEntries(found.map((problem) => [problem.name, `${problem.value} | ${problem.source}`]))).toEqual({
      port: '70000 | flag --port',
      'limits.keyBytes': '1KiB | flag --limits-key-bytes',
      graceMs: '-1 | environment variable COSETTE_GRACE_MS',
      regions: 'Ap_1 | environment variable COSETTE_REGIONS',
      'limits.connections': `many | file ${path}`,
      durability: `maybe | file ${path}`,
    });
    for (const problem of found) expect(problem.message).toMatch(/^must be /);
    expect(found.find((problem) => problem.name === 'durability')?.message).toBe('must be one of full, relaxed');
  });

  it('refuses what the file spells wrong, with a hint', () => {
    const found = problems({ file: file({ prot: 1, limits: { keybytes: 5, zzz: 1 }, log: 'debug' }) });
    expect(found.map((problem) => `${problem.name}: ${problem.message}`)).toEqual([
      'prot: is no setting',
      'limits.keybytes: is no setting; did you mean limits.keyBytes?',
      'limits.zzz: is no setting',
      'log: must be an object of settings',
    ]);
  });

  it('refuses a file that is missing, no JSON, or no object', () => {
    expect(problems({ file: join(folder, 'none.json') })[0]?.message).toMatch(/^cannot be read/);
    expect(problems({ file: file('{ "port": ') })[0]?.message).toMatch(/^is not valid JSON/);
    expect(problems({ file: file([1]) })[0]?.message).toBe('must hold one JSON object');
  });

  it('wants both halves of a key pair, and never shows one', () => {
    const one = problems({ env: { COSETTE_SECRET_ID: 'AKIDexample' } });
    expect(one.map((problem) => problem.name)).toEqual(['account.secretKey']);
    const bad = problems({ env: { COSETTE_SECRET_ID: 'AKIDexample', COSETTE_SECRET_KEY: 'short' } });
    expect(bad.map((problem) => [problem.name, problem.value])).toEqual([['account.secretKey', '***']]);
    expect(new ConfigError(bad).message).not.toContain('short');
  });

  it('wants the region to be one of the regions', () => {
    expect(problems({ flags: flags({ region: 'ap-nowhere' }) })[0]?.name).toBe('region');
    expect(loadConfig({ flags: flags({ region: 'lab', regions: 'lab' }) }).config.region).toBe('lab');
    expect(problems({ flags: flags({ regions: 'accelerate' }) }).map((problem) => problem.name)).toContain('regions');
  });

  it('warns of a variable that names no setting', () => {
    const { warnings } = loadConfig({ env: { COSETTE_PROT: '1', COSETTE_CONFIG: 'x', PORT: '2' } });
    expect(warnings).toEqual(['the environment variable COSETTE_PROT names no setting']);
  });
});

describe('SETTINGS', () => {
  it('has a name of its own in each source', () => {
    for (const names of [SETTINGS.map((setting) => setting.env), SETTINGS.flatMap((setting) => setting.flag ?? [])]) {
      expect(new Set(names).size).toBe(names.length);
    }
  });

  it('has no flag for a secret', () => {
    expect(SETTINGS.filter((setting) => setting.flag === undefined).map((setting) => setting.env)).toEqual([
      'COSETTE_SECRET_ID',
      'COSETTE_SECRET_KEY',
    ]);
  });
});

import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { ConfigError, SETTINGS } from '../platform/config/index.ts';
import { printConfig } from './print-config.ts';
import { addSettingFlags, configOf } from './setting-flags.ts';

function parse(args: string[], env: Record<string, string> = {}) {
  const command = addSettingFlags(new Command('t'))
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  command.parse(args, { from: 'user' });
  return configOf(command, env);
}

describe('addSettingFlags and configOf', () => {
  it('has a flag for each setting that is not secret, each of which arrives', () => {
    const { config, origins } = parse([
      '--port',
      '0',
      '--base-domains',
      'localhost,cos.example.com',
      '--limits-body-stall-ms',
      '5s',
      '--appid',
      '1251111111',
      '--log-access',
      'false',
      '--errors-literal-seed-codes',
    ]);
    expect(config.port).toBe(0);
    expect(config.baseDomains).toEqual(['localhost', 'cos.example.com']);
    expect(config.limits.bodyStallMs).toBe(5_000);
    expect(config.account.appid).toBe('1251111111');
    expect(config.log.access).toBe(false);
    expect(config.errors.literalSeedCodes).toBe(true);
    expect(origins.size).toBe(6);
    const help = addSettingFlags(new Command('t')).helpInformation();
    for (const { flag } of SETTINGS) if (flag !== undefined) expect(help).toContain(`--${flag} `);
    expect(help).not.toMatch(/--\S*secret/);
  });

  it('prefers flags to the environment and refuses what is no flag', () => {
    expect(parse(['--port', '1'], { COSETTE_PORT: '2' }).config.port).toBe(1);
    expect(() => parse(['--prot', '1'])).toThrow("unknown option '--prot'");
    expect(() => parse(['--port', 'x'])).toThrow(ConfigError);
  });
});

describe('printConfig', () => {
  const loaded = parse(['--port', '1'], {
    COSETTE_SECRET_ID: 'AKIDexample',
    COSETTE_SECRET_KEY: 'verysecret',
    COSETTE_ODD: '1',
  });

  it('says value and origin of every setting, secrets masked', () => {
    const text = printConfig(loaded, false);
    expect(text).toContain('port = 1 (flag --port)\n');
    expect(text).toContain('region = ap-guangzhou (default)\n');
    expect(text).toContain('account.secretKey = *** (environment variable COSETTE_SECRET_KEY)\n');
    expect(text).toContain('warning: the environment variable COSETTE_ODD names no setting\n');
    expect(text).not.toContain('verysecret');
    expect(text.split('\n').filter((line) => line.includes(' = '))).toHaveLength(SETTINGS.length);
  });

  it('prints a file that means the same, without secrets', () => {
    const json = JSON.parse(printConfig(loaded, true)) as Record<string, unknown>;
    expect(json).toMatchObject({ port: 1, limits: { keyBytes: 850 }, account: {} });
    expect(JSON.stringify(json)).not.toContain('verysecret');
  });
});

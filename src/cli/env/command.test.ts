import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openFirstAccount } from '../../access/key-file.ts';
import { AUTHORITY_FILE, TLS_FOLDER } from '../../platform/certificates/local-authority.ts';
import { loadConfig } from '../../platform/config/index.ts';
import { clientEnvironment, type EnvOptions, langOf, UnknownClientError } from './command.ts';
import { AUTHORITY, factsOf } from './facts.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cosette-env-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const plain: EnvOptions = { clients: ['node'], form: 'first', lang: 'en', showSecret: false, json: false };
const data = () => join(folder, 'data');
function print(options: Partial<EnvOptions> = {}, flags: Record<string, string> = {}): Promise<string> {
  const { config } = loadConfig({ flags: new Map(Object.entries({ data: data(), ...flags })) });
  return clientEnvironment(config, { ...plain, ...options });
}

describe('clientEnvironment', () => {
  it('makes no data folder, and says so', async () => {
    expect(await print()).toContain('There is no key pair in');
    expect(existsSync(data())).toBe(false);
  });

  it('shows the SecretId, and the SecretKey only when it is asked for', async () => {
    const { secretId, secretKey } = await openFirstAccount(data());
    const hidden = await print();
    expect(hidden).toContain(`SecretId: '${secretId}', SecretKey: 'SECRET_KEY'`);
    expect(hidden).toContain(join(data(), 'credentials.json'));
    expect(hidden).not.toContain(secretKey);
    expect(await print({ json: true })).not.toContain(secretKey);
    expect(await print({ showSecret: true })).toContain(`SecretKey: '${secretKey}'`);
  });

  it('takes host, port, region, APPID and bucket from the settings', async () => {
    const flags = { host: '0.0.0.0', port: '9123', region: 'ap-nanjing', 'account.appid': '1298765432' };
    const text = await print({ bucket: 'photos' }, flags);
    for (const part of ["Ip: '127.0.0.1:9123'", 'photos-1298765432', 'ap-nanjing']) expect(text).toContain(part);
  });

  it('takes from a ready file what the running server has', async () => {
    const { appid, secretId, secretKey } = await openFirstAccount(data());
    const readyFile = join(folder, 'ready.json');
    const ready = {
      addresses: [{ host: '::1', port: 9777 }],
      tls: { port: 9778, caFile: join(data(), ...AUTHORITY) },
      region: 'ap-beijing',
      dataDir: data(),
      appid,
      secretId,
    };
    writeFileSync(readyFile, JSON.stringify(ready));
    const text = await print({ readyFile, form: 'all', showSecret: true }, { data: join(folder, 'other') });
    const parts = ["Ip: '[::1]:9777'", "Ip: '[::1]:9778'", 'ap-beijing', secretId, secretKey, ready.tls.caFile];
    for (const part of parts) expect(text).toContain(part);
  });

  it('does not print the key of another folder than the running server’s', async () => {
    const { secretKey } = await openFirstAccount(data());
    const readyFile = join(folder, 'ready.json');
    writeFileSync(readyFile, JSON.stringify({ addresses: [{ host: '127.0.0.1', port: 1 }], secretId: 'AKIDother' }));
    const text = await print({ readyFile, showSecret: true });
    expect(text).toContain('AKIDother');
    expect(text).not.toContain(secretKey);
  });

  it('refuses what is no ready file', async () => {
    const readyFile = join(folder, 'ready.json');
    for (const content of ['', '[]', '{"addresses":[]}']) {
      writeFileSync(readyFile, content);
      await expect(print({ readyFile })).rejects.toThrow(/ready-file/);
    }
  });

  it('lists without a name, and knows every name it lists', async () => {
    const list = await print({ clients: [] });
    const ids = [...list.matchAll(/^ {2}(\S+) /gm)].map((match) => match[1]!);
    expect(ids).toContain('python');
    expect(await print({ clients: ids, lang: 'zh' })).toBe(await print({ clients: ['ALL'], lang: 'zh' }));
    await expect(print({ clients: ['nope'] })).rejects.toThrow(UnknownClientError);
  });
});

describe('langOf', () => {
  it.each([
    [{}, 'en'],
    [{ LANG: 'zh_CN.UTF-8' }, 'zh'],
    [{ LC_ALL: 'C', LANG: 'zh_CN.UTF-8' }, 'en'],
    [{ LC_ALL: '', LC_MESSAGES: 'zh_TW', LANG: 'en_US.UTF-8' }, 'zh'],
  ])('of %j is %s', (env, lang) => expect(langOf(env)).toBe(lang));
});

describe('the facts', () => {
  it('look for the authority where the server keeps it', () => {
    expect(AUTHORITY).toEqual([TLS_FOLDER, AUTHORITY_FILE]);
  });

  it('add the APPID to a bucket once', () => {
    const place = { addresses: [], region: 'r', baseDomains: [], appid: '1250000000', secretId: '', secretKey: '' };
    expect(factsOf(place, 'a').bucket).toBe('a-1250000000');
    expect(factsOf(place, 'a-1250000000').bucket).toBe('a-1250000000');
  });
});

import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RemotesError, readRemotes } from './replication-remotes.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cosette-remotes-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const SECRET = 'Zx9Zx9Zx9Zx9Zx9';
const ENTRY = {
  buckets: ['a-*'],
  endpoint: 'https://far:9000',
  kind: 'cosette',
  secretId: 'AKIDxyz',
  secretKey: SECRET,
};

function write(content: unknown, mode = 0o600): string {
  const file = join(folder, 'remotes.json');
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content), { mode });
  chmodSync(file, mode);
  return file;
}

function problem(content: unknown, mode?: number): string {
  try {
    readRemotes(write(content, mode));
  } catch (error) {
    expect(error).toBeInstanceOf(RemotesError);
    return (error as Error).message;
  }
  return '';
}

describe('readRemotes', () => {
  it('reads keys from the file, or from another one beside it', () => {
    const { secretKey: _, ...rest } = ENTRY;
    writeFileSync(join(folder, 'key'), `${SECRET}\n`, { mode: 0o600 });
    const endpoint = 'https://{bucket}.cos.{region}.myqcloud.com';
    const second = { ...rest, endpoint, kind: 'cos', secretKeyFile: 'key', accounts: ['1250000000'] };
    expect(readRemotes(write([ENTRY, second]))).toEqual([
      { ...ENTRY, accounts: undefined },
      { ...rest, endpoint, kind: 'cos', secretKey: SECRET, accounts: ['1250000000'] },
    ]);
  });

  it.each([
    ['no JSON', `[{"secretKey": "${SECRET}"`],
    ['no list', ENTRY],
    ['an unknown field', [{ ...ENTRY, region: 'x' }]],
    ['a name that is none', [{ ...ENTRY, buckets: ['A'] }]],
    ['an endpoint with a path', [{ ...ENTRY, endpoint: 'https://far/x' }]],
    ['an endpoint of another kind', [{ ...ENTRY, endpoint: 'ftp://far' }]],
    ['an unknown kind', [{ ...ENTRY, kind: 's3' }]],
    ['no key', [{ ...ENTRY, secretKey: undefined }]],
    ['two keys', [{ ...ENTRY, secretKeyFile: 'key' }]],
    ['a key file that is not there', [{ ...ENTRY, secretKey: undefined, secretKeyFile: 'nokey' }]],
  ])('names the file and no secret, with %s', (_, content) => {
    const message = problem(content);
    expect(message).toContain(folder);
    expect(message).not.toContain(SECRET.slice(0, 6));
  });

  it.skipIf(process.platform === 'win32')('refuses a file that others can read', () => {
    expect(problem([ENTRY], 0o644)).toContain('chmod 600');
  });
});

import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { memorySecrets, openSecrets, SECRET_FILE } from './secrets.ts';

const bytes = (max: number) => fc.uint8Array({ maxLength: max }).map((array) => Buffer.from(array));

describe('sealing', () => {
  const secrets = memorySecrets();
  const sealer = secrets.sealer('secret-keys');

  it('gives the text back to the same label and context, in any process with the secret', () => {
    fc.assert(
      fc.property(bytes(100), bytes(20), (plain, context) => {
        const sealed = sealer.seal(plain, context);
        expect(sealer.open(sealed, context)).toEqual(plain);
        expect(secrets.sealer('secret-keys').open(sealed, context)).toEqual(plain);
      }),
    );
  });

  it('opens nothing for another context, label or secret', () => {
    const plain = Buffer.from('0123456789abcdef0123456789abcdef');
    const sealed = sealer.seal(plain, Buffer.from('AKID1'));
    expect(sealed.includes(plain.subarray(0, 8))).toBe(false);
    expect(sealer.open(sealed, Buffer.from('AKID2'))).toBeUndefined();
    expect(secrets.sealer('session-tokens').open(sealed, Buffer.from('AKID1'))).toBeUndefined();
    expect(memorySecrets().sealer('secret-keys').open(sealed, Buffer.from('AKID1'))).toBeUndefined();
    expect(sealer.seal(plain, Buffer.from('AKID1'))).not.toEqual(sealed);
  });

  it('opens nothing that was changed or cut', () => {
    fc.assert(
      fc.property(bytes(60), fc.nat(), fc.integer({ min: 1, max: 255 }), (plain, at, by) => {
        const sealed = sealer.seal(plain, plain);
        const changed = Buffer.from(sealed);
        changed[at % sealed.length]! ^= by;
        expect(sealer.open(changed, plain)).toBeUndefined();
        expect(sealer.open(sealed.subarray(0, at % sealed.length), plain)).toBeUndefined();
      }),
    );
  });
});

describe('the file', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cosette-secrets-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const context = Buffer.from('c');

  it('is made once, for its owner alone, and used again', async () => {
    const data = join(folder, 'data');
    const first = await openSecrets(data);
    const text = await readFile(join(data, SECRET_FILE), 'utf8');
    expect(text).toMatch(/^[0-9a-f]{64}\n$/);
    if (process.platform !== 'win32') expect((await stat(join(data, SECRET_FILE))).mode & 0o777).toBe(0o600);
    const sealed = first.sealer('x').seal(Buffer.from('plain'), context);
    expect((await openSecrets(data)).sealer('x').open(sealed, context)?.toString()).toBe('plain');
    expect(await readFile(join(data, SECRET_FILE), 'utf8')).toBe(text);
    expect(await readdir(data)).toEqual([SECRET_FILE]);
  });

  it('is the same for processes that start at once', async () => {
    const all = await Promise.all(Array.from({ length: 8 }, () => openSecrets(folder)));
    const sealed = all[0]!.sealer('x').seal(Buffer.from('plain'), context);
    for (const secrets of all) expect(secrets.sealer('x').open(sealed, context)?.toString()).toBe('plain');
    expect(await readdir(folder)).toEqual([SECRET_FILE]);
  });

  it('is never replaced when it is damaged', async () => {
    for (const damaged of ['', 'abc', `${'0'.repeat(63)}g`, '0'.repeat(66)]) {
      await writeFile(join(folder, SECRET_FILE), damaged);
      await expect(openSecrets(folder)).rejects.toThrow(/secret\.key is damaged/);
      expect(await readFile(join(folder, SECRET_FILE), 'utf8')).toBe(damaged);
    }
  });
});

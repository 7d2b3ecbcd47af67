import { describe, expect, it } from 'vitest';
import { select, sourceOf } from '../fixture.ts';
import { bunzip2 } from './bzip2.ts';
import { Bzip2Fault } from './bzip2-bits.ts';

const base64 = (text: string) => Buffer.from(text, 'base64');

/** Written by bzip2 1.0.8. */
const SMALL = base64('QlpoOTFBWSZTWbJLgeoAAANZAAAQAAQwADAAIAAhkxqDALcCF4u5IpwoSFklwPUA');
const RUNS = base64('QlpoOTFBWSZTWawcpmQAAFJBgeAAOAAA8ACAAAggADEA000CKg0wk+q6QGRBoQYcNOm8Btnm23Inu34u5IpwoSFYOUzI');
/** 300,000 zeros and a line feed in blocks of 100 kB. */
const ZEROS = base64('QlpoMTFBWSZTWUy8f2sAAkzIgIAQQAAEAAAIIAAwzTQKUG8KI3iKI8XckU4UJBMvH9rA');

async function unpacked(object: Buffer, chunks?: number[]): Promise<Buffer[]> {
  const parts: Buffer[] = [];
  for await (const part of bunzip2(sourceOf(object, chunks).chunks())) parts.push(part);
  return parts;
}

const text = async (object: Buffer, chunks?: number[]) => Buffer.concat(await unpacked(object, chunks)).toString();

describe('bunzip2', () => {
  it('decompresses whatever the chunks', async () => {
    expect(await text(SMALL)).toBe('a,1\nb,2\n');
    expect(await text(SMALL, [1])).toBe('a,1\nb,2\n');
    const runs = ['x'.repeat(1000), 'abc'.repeat(50), 'y'.repeat(4), 'z'.repeat(5), 'y'.repeat(255), 'w'.repeat(260)];
    expect(await text(RUNS, [3, 5])).toBe(runs.join(''));
  });

  it('hands over long runs in pieces', async () => {
    const parts = await unpacked(ZEROS);
    expect(Math.max(...parts.map((part) => part.length))).toBeLessThanOrEqual(64 * 1024);
    expect(Buffer.concat(parts).toString()).toBe(`${'0'.repeat(300_000)}\n`);
  });

  it('reads streams in a row as one text', async () => {
    expect(await text(Buffer.concat([SMALL, RUNS, SMALL]), [11])).toMatch(/^a,1\nb,2\nx{1000}.*w{260}a,1\nb,2\n$/s);
  });

  it('refuses every cut and every flipped byte', async () => {
    for (let at = 0; at < SMALL.length; at++) {
      await expect(unpacked(SMALL.subarray(0, at))).rejects.toThrow(Bzip2Fault);
      const flipped = Buffer.from(SMALL);
      flipped[at]! ^= 0xff;
      // The last byte holds padding besides the checksum, and the level may be any.
      if (at !== 3) await expect(unpacked(flipped), `byte ${at}`).rejects.toThrow(Bzip2Fault);
    }
  });

  it('is read by SELECT', async () => {
    expect(await select('SELECT _2 FROM COSObject', SMALL, { compression: 'bzip2' })).toBe('1\n2\n');
  });
});

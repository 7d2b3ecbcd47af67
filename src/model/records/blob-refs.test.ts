import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { BlobRef } from '../../store/blob-store.ts';
import { mapRefs, refsIn } from './blob-refs.ts';
import { packJob, unpackJob } from './deletion-job.ts';
import { packExtents, unpackExtents } from './extents.ts';

const ref = (text: string): BlobRef => Buffer.from(text);
const key = (space: string) => Buffer.from(`${space}anything`);
const longer = (old: BlobRef): BlobRef => Buffer.from(`${old}-${old}`);

describe('mapRefs', () => {
  it('replaces the references of extents and leaves what the row itself holds', () => {
    const value = packExtents([
      { size: 3, ref: ref('a') },
      { size: 4, ref: null },
      { size: 5, ref: ref('b'), nonce: Buffer.from('n') },
    ]);
    expect(refsIn(key('x'), value).map(String)).toEqual(['a', 'b']);
    const mapped = unpackExtents(mapRefs(key('x'), value, longer));
    expect(mapped.map((extent) => extent.ref?.toString() ?? null)).toEqual(['a-a', null, 'b-b']);
    expect(mapped.map(({ size, nonce }) => [size, nonce?.toString()])).toEqual([
      [3, undefined],
      [4, undefined],
      [5, 'n'],
    ]);
    const own = packExtents([{ size: 4, ref: null }]);
    expect(mapRefs(key('x'), own, longer)).toBe(own);
  });

  it('replaces those of deletion jobs, and touches no other job', () => {
    const owner = Buffer.from('owner');
    const value = packJob({ kind: 'blobs', owner, refs: [ref('a'), ref('b')] });
    expect(refsIn(key('d'), value).map(String)).toEqual(['a', 'b']);
    expect(unpackJob(mapRefs(key('d'), value, longer))).toEqual({
      kind: 'blobs',
      owner,
      refs: [ref('a-a'), ref('b-b')],
    });
    for (const job of [
      { kind: 'manifest', owner, bucketId: owner, manifest: owner, chunks: 2 },
      { kind: 'parts', bucketId: owner, uploadId: 'u', kept: owner },
      { kind: 'row', key: owner },
    ] as const) {
      const other = packJob(job);
      expect(mapRefs(key('d'), other, longer)).toBe(other);
    }
  });

  it('gives back the same bytes for the same references', () => {
    const value = packExtents([{ size: 5, ref: ref('b'), nonce: Buffer.from('n') }]);
    expect(mapRefs(key('x'), value, (same) => same).equals(value)).toBe(true);
  });
});

describe('references in values', () => {
  // A record that names blobs has to be known here: without it a restored store would name those of another one.
  it('are part of no other record', () => {
    const found: string[] = [];
    for (const layer of ['src/model', 'src/features', 'src/access', 'src/operations', 'src/server']) {
      for (const path of readdirSync(layer, { recursive: true, encoding: 'utf8' })) {
        if (!path.endsWith('.ts') || path.endsWith('.test.ts')) continue;
        const text = readFileSync(join(layer, path), 'utf8');
        if (/\bBlobRef\b/.test(text)) found.push(join(layer, path));
      }
    }
    const records = found.filter((path) => !path.startsWith('src/features/snapshot/'));
    expect(records.sort()).toEqual([
      'src/model/audit.ts',
      'src/model/content.ts',
      'src/model/deletions.ts',
      'src/model/multipart/complete.ts',
      'src/model/records/blob-refs.ts',
      'src/model/records/deletion-job.ts',
      'src/model/records/extents.ts',
    ]);
  });
});

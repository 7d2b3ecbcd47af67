import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CosError } from '../errors/cos-error.ts';
import { crc64 } from '../platform/hash/crc64.ts';
import { appendPiece, checkAppend } from './append-object.ts';
import { updateBucket } from './buckets.ts';
import { openContent } from './content.ts';
import { runDeletions } from './deletions.ts';
import { bodyOf, FIXTURE_BUCKET, type Fixture, openFixture, PLAIN } from './fixture.ts';
import { NO_DIGESTS, withIngested } from './ingest.ts';
import { listVersions } from './listing/list-versions.ts';
import { readObject } from './read-object.ts';
import { deleteObject } from './write-object.ts';

async function append(fixture: Fixture, position: number, text: string) {
  const bucket = await fixture.bucket();
  const current = await checkAppend(fixture.services, bucket, 'log', position);
  return withIngested(fixture.services, bodyOf(text), 1_000, NO_DIGESTS, (piece) =>
    appendPiece(fixture.services, bucket, 'log', position, piece, PLAIN, current?.stamp),
  );
}

async function range(fixture: Fixture, start: number, length: number): Promise<string> {
  const bucket = await fixture.bucket();
  const found = await readObject(fixture.services, bucket, 'log', undefined);
  const opened = await openContent(fixture.services, bucket.record.id, found);
  const target = Buffer.alloc(length);
  const read = await opened.read(start, target);
  await opened.close();
  return target.toString('utf8', 0, read);
}

describe('appendPiece', () => {
  it('reads back as one run of bytes, from any position', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: 'binary-ascii', maxLength: 4 }), { maxLength: 20 }),
        fc.nat(60),
        fc.nat(60),
        async (pieces, start, length) => {
          const fixture = await openFixture();
          let whole = '';
          const etags = new Set<string>();
          for (const piece of ['first', ...pieces]) {
            const record = await append(fixture, whole.length, piece);
            whole += piece;
            etags.add(record.etag);
            expect(record.size).toBe(whole.length);
            expect(record.crc64!.readBigUInt64BE(0)).toBe(crc64(Buffer.from(whole)));
          }
          expect(etags.size).toBe(pieces.length + 1);
          expect(await range(fixture, 0, whole.length)).toBe(whole);
          expect(await range(fixture, start, length)).toBe(whole.slice(start, start + length));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('goes on over many chunk rows, and gives all space back when deleted', async () => {
    const fixture = await openFixture();
    let whole = '';
    for (let index = 0; index < 600; index++) {
      await append(fixture, whole.length, `${index},`);
      whole += `${index},`;
    }
    expect(await range(fixture, 0, whole.length)).toBe(whole);
    await deleteObject(fixture.services, await fixture.bucket(), 'log', undefined);
    await runDeletions(fixture.services, Number.POSITIVE_INFINITY);
    expect(await fixture.services.store.blobs.usage()).toMatchObject({ liveBlobs: 0, liveBytes: 0 });
  });

  it('lets one of racing appends win', async () => {
    const fixture = await openFixture();
    await append(fixture, 0, 'a');
    const outcomes = await Promise.allSettled(
      Array.from({ length: 8 }, (_, index) => append(fixture, 1, String(index))),
    );
    expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1);
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect((outcome.reason as CosError).code).toBe('AppendPositionErr');
    }
    const { liveBlobs } = await fixture.services.store.blobs.usage();
    expect(liveBlobs).toBe(2);
  });

  it('takes the place of a null delete marker while versions are suspended', async () => {
    const fixture = await openFixture();
    await append(fixture, 0, 'old');
    for (const versioning of ['enabled', 'suspended'] as const) {
      await updateBucket(fixture.services, FIXTURE_BUCKET, (record) => ({ ...record, versioning }));
      await deleteObject(fixture.services, await fixture.bucket(), 'log', undefined);
    }
    await append(fixture, 0, 'new');
    await append(fixture, 3, 'er');
    expect(await range(fixture, 0, 10)).toBe('newer');
    const query = { prefix: '', delimiter: '', limit: 10, keyMarker: '', versionIdMarker: '' };
    const { versions } = await listVersions(fixture.services, await fixture.bucket(), query);
    expect(versions.map(({ record }) => [record.kind, record.isNull])).toEqual([
      ['appendable', true],
      ['delete-marker', false],
    ]);
    await runDeletions(fixture.services, Number.POSITIVE_INFINITY);
    expect((await fixture.services.store.blobs.usage()).liveBlobs).toBe(2);
  });

  it('is refused where versions are kept', async () => {
    const fixture = await openFixture();
    await updateBucket(fixture.services, FIXTURE_BUCKET, (record) => ({ ...record, versioning: 'enabled' }));
    await expect(append(fixture, 0, 'x')).rejects.toMatchObject({
      code: 'InvalidBucketState',
    } satisfies Partial<CosError>);
  });
});

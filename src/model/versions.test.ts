/**
 * Random histories of one bucket against a model that keeps each key's versions in a plain list
 * (spec/objects.md §3).
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CosError } from '../errors/cos-error.ts';
import { updateBucket } from './buckets.ts';
import { openContent } from './content.ts';
import { runDeletions } from './deletions.ts';
import { bodyOf, FIXTURE_BUCKET, type Fixture, openFixture, PLAIN } from './fixture.ts';
import { NO_DIGESTS, withIngested } from './ingest.ts';
import { listVersions } from './listing/list-versions.ts';
import { readObject } from './read-object.ts';
import { deleteObject, publishObject } from './write-object.ts';

interface ModelVersion {
  id: string;
  /** undefined for a delete marker */
  content: string | undefined;
}

type Step =
  | { kind: 'put'; key: string; content: string }
  | { kind: 'delete'; key: string }
  | { kind: 'delete-version'; key: string; pick: number }
  | { kind: 'versioning'; status: 'enabled' | 'suspended' };

const key = fc.constantFrom('a', 'a/', 'a/b', 'b', '图');
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('put' as const), key, content: fc.string({ maxLength: 5 }) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('delete' as const), key }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('delete-version' as const), key, pick: fc.nat(9) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('versioning' as const),
      status: fc.constantFrom('enabled' as const, 'suspended' as const),
    }),
  },
);

async function put(fixture: Fixture, name: string, content: string): Promise<string> {
  const bucket = await fixture.bucket();
  return withIngested(fixture.services, bodyOf(content), 1_000, NO_DIGESTS, async ({ blob, size, md5, crc64 }) => {
    const object = { kind: 'normal' as const, size, etag: md5, crc64, attributes: PLAIN, parts: 0 };
    const written = await publishObject(
      fixture.services,
      bucket,
      name,
      blob === undefined ? object : { ...object, blob },
    );
    return written.versionId;
  });
}

async function read(fixture: Fixture, name: string, versionId?: string): Promise<string | undefined> {
  const bucket = await fixture.bucket();
  try {
    const found = await readObject(fixture.services, bucket, name, versionId);
    const content = await openContent(fixture.services, bucket.record.id, found);
    const target = Buffer.alloc(content.size);
    expect(await content.read(0, target)).toBe(content.size);
    await content.close();
    return target.toString();
  } catch (error) {
    if (error instanceof CosError && (error.code === 'NoSuchKey' || error.code === 'NoSuchVersion')) return undefined;
    throw error;
  }
}

class Model {
  readonly keys = new Map<string, ModelVersion[]>();
  versioning: 'unset' | 'enabled' | 'suspended' = 'unset';

  of(name: string): ModelVersion[] {
    const versions = this.keys.get(name) ?? [];
    this.keys.set(name, versions);
    return versions;
  }

  add(name: string, id: string, content: string | undefined): void {
    const versions = this.of(name);
    if (id === 'null') this.remove(name, 'null');
    versions.unshift({ id, content });
  }

  remove(name: string, id: string): void {
    const versions = this.of(name);
    const at = versions.findIndex((version) => version.id === id);
    if (at >= 0) versions.splice(at, 1);
  }
}

async function apply(fixture: Fixture, model: Model, taken: Step): Promise<void> {
  const { services } = fixture;
  switch (taken.kind) {
    case 'versioning':
      model.versioning = taken.status;
      await updateBucket(services, FIXTURE_BUCKET, (record) => ({ ...record, versioning: taken.status }));
      return;
    case 'put': {
      const id = await put(fixture, taken.key, taken.content);
      expect(id === 'null').toBe(model.versioning !== 'enabled');
      model.add(taken.key, id, taken.content);
      return;
    }
    case 'delete': {
      const { markerVersionId } = await deleteObject(services, await fixture.bucket(), taken.key, undefined);
      if (model.versioning === 'unset') {
        expect(markerVersionId).toBeUndefined();
        model.remove(taken.key, 'null');
      } else {
        model.add(taken.key, markerVersionId!, undefined);
      }
      return;
    }
    case 'delete-version': {
      const versions = model.of(taken.key);
      const picked = versions[taken.pick % (versions.length + 1)];
      const id = picked?.id ?? 'MTg0NDUxNTc0NDYyMjQ2MzUzNDQ';
      const deleted = await deleteObject(services, await fixture.bucket(), taken.key, id);
      if (model.versioning !== 'unset') {
        const isMarker = picked !== undefined && picked.content === undefined;
        const freed = picked === undefined ? undefined : Buffer.byteLength(picked.content ?? '');
        const { versionId, markerVersionId, freedBytes } = deleted;
        expect({ versionId, markerVersionId, freedBytes }).toEqual({
          versionId: id,
          markerVersionId: isMarker ? id : undefined,
          freedBytes: freed,
        });
      }
      model.remove(taken.key, id);
    }
  }
}

async function compare(fixture: Fixture, model: Model): Promise<void> {
  const listed = [];
  let keyMarker = '';
  let versionIdMarker = '';
  for (;;) {
    const query = { prefix: '', delimiter: '', limit: 3, keyMarker, versionIdMarker };
    const page = await listVersions(fixture.services, await fixture.bucket(), query);
    listed.push(...page.versions);
    if (!page.truncated) break;
    keyMarker = page.nextKeyMarker;
    versionIdMarker = page.nextVersionIdMarker;
  }
  const names = [...model.keys.keys()].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const expected = names.flatMap((name) =>
    model.of(name).map(({ id, content }, at) => ({
      key: name,
      versionId: model.versioning === 'unset' ? '' : id,
      isLatest: at === 0,
      marker: content === undefined,
    })),
  );
  const seen = listed.map(({ record, key: name, versionId, isLatest }) => ({
    key: name,
    versionId,
    isLatest,
    marker: record.kind === 'delete-marker',
  }));
  expect(seen).toEqual(expected);
  for (const name of names) {
    expect(await read(fixture, name)).toBe(model.of(name)[0]?.content);
    for (const { id, content } of model.of(name)) expect(await read(fixture, name, id)).toBe(content);
  }
}

describe('versions', () => {
  it('follow the model through random histories, and give all space back in the end', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const fixture = await openFixture();
        const model = new Model();
        for (const taken of steps) await apply(fixture, model, taken);
        await compare(fixture, model);
        for (const [name, versions] of model.keys) {
          for (const { id } of versions) await deleteObject(fixture.services, await fixture.bucket(), name, id);
        }
        await runDeletions(fixture.services, Number.POSITIVE_INFINITY);
        const usage = await fixture.services.store.blobs.usage();
        expect({ blobs: usage.liveBlobs, bytes: usage.liveBytes }).toEqual({ blobs: 0, bytes: 0 });
      }),
      { numRuns: 150 },
    );
  }, 60_000);

  it('keep their order when the clock is set back', async () => {
    const fixture = await openFixture();
    await updateBucket(fixture.services, FIXTURE_BUCKET, (record) => ({ ...record, versioning: 'enabled' }));
    const first = await put(fixture, 'k', '1');
    fixture.clock.set(Date.UTC(2020, 0, 1));
    const second = await put(fixture, 'k', '2');
    expect(await read(fixture, 'k')).toBe('2');
    await deleteObject(fixture.services, await fixture.bucket(), 'k', second);
    expect(await read(fixture, 'k')).toBe('1');
    expect(await read(fixture, 'k', first)).toBe('1');
  });
});

/** Own ACLs: the rows that count them against the versions that have them, and the limits (spec/errors.md PolicyFull). */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CosError } from '../errors/cos-error.ts';
import { hasOwnAcl } from './acl-census.ts';
import { appendPiece } from './append-object.ts';
import { createBucket, deleteBucket, loadBucket, updateBucket } from './buckets.ts';
import { changeVersion } from './change-version.ts';
import { bodyOf, FIXTURE_BUCKET, type Fixture, openFixture, PLAIN } from './fixture.ts';
import { NO_DIGESTS, withIngested } from './ingest.ts';
import { aclKey, afterPrefix, currentKey, escapedObjectKeyOf, objectKeyOf, versionPrefix } from './keys.ts';
import { listVersions } from './listing/list-versions.ts';
import { type Grant, type ObjectAttributes, withExtra } from './records/attributes.ts';
import { unpackObject } from './records/object.ts';
import { replaceAttributes } from './restore.ts';
import { deleteObject, publishObject } from './write-object.ts';

const APPID = '1250000000';
const grant = (uin: string): Grant => ({ grantee: `qcs::cam::uin/${uin}:uin/${uin}`, permission: 'READ' });

interface Acl {
  readonly acl: ObjectAttributes['acl'];
  readonly grants?: readonly Grant[];
}
const DEFAULT: Acl = { acl: 'default' };
const PUBLIC: Acl = { acl: 'public-read' };
const granting = (...uins: string[]): Acl => ({ acl: 'private', grants: uins.map(grant) });

const withAcl = (attributes: ObjectAttributes, { acl, grants }: Acl): ObjectAttributes => ({
  ...withExtra(attributes, { grants }),
  acl,
});

async function put({ services }: Fixture, key: string, acl: Acl, bucketName = FIXTURE_BUCKET): Promise<void> {
  const bucket = await loadBucket(services, bucketName);
  const object = { kind: 'normal' as const, size: 0, etag: '', crc64: undefined, parts: 0 };
  await publishObject(services, bucket, key, { ...object, attributes: withAcl(PLAIN, acl) });
}

async function setAcl(fixture: Fixture, key: string, acl: Acl, versionId?: string): Promise<void> {
  await changeVersion(fixture.services, await fixture.bucket(), key, versionId, (record) =>
    replaceAttributes(record, withAcl(record.attributes, acl)),
  );
}

async function append(fixture: Fixture, key: string, position: number, acl: Acl): Promise<void> {
  const bucket = await fixture.bucket();
  const { services } = fixture;
  const [row] = await services.store.meta.get([currentKey(bucket.record.id, key)]);
  const stamp = row === undefined ? undefined : unpackObject(row.value).stamp;
  await withIngested(services, bodyOf('x'), 1_000, NO_DIGESTS, (piece) =>
    appendPiece(services, bucket, key, position, piece, withAcl(PLAIN, acl), stamp),
  );
}

async function codeOf(run: Promise<unknown>): Promise<string> {
  try {
    await run;
    return 'ok';
  } catch (error) {
    if (error instanceof CosError) return error.code;
    throw error;
  }
}

async function scan({ services }: Fixture, from: Buffer) {
  return (await services.store.meta.scan({ from, to: afterPrefix(from), limit: 10_000 })).rows;
}

/** Rows of the census as they are, and as the versions call for. */
async function census(fixture: Fixture): Promise<{ rows: string[]; expected: string[] }> {
  const { id } = (await fixture.bucket()).record;
  const expected: string[] = [];
  const add = (key: string, value: Buffer): void => {
    const { stamp, attributes } = unpackObject(value);
    if (hasOwnAcl(attributes)) expected.push(aclKey(APPID, id, stamp, key).toString('hex'));
  };
  for (const row of await scan(fixture, currentKey(id, ''))) add(objectKeyOf(row.key), row.value);
  for (const row of await scan(fixture, versionPrefix(id, ''))) add(escapedObjectKeyOf(row.key), row.value);
  const rows = (await scan(fixture, Buffer.from('a'))).map((row) => row.key.toString('hex'));
  return { rows, expected: expected.sort() };
}

type Step =
  | { kind: 'put' | 'set-acl'; key: string; acl: Acl; pick: number }
  | { kind: 'delete'; key: string }
  | { kind: 'delete-version'; pick: number }
  | { kind: 'versioning'; status: 'enabled' | 'suspended' };

const key = fc.constantFrom('a', 'a/b', '图');
const acl = fc.constantFrom(DEFAULT, DEFAULT, PUBLIC, { acl: 'private' as const }, granting('1'), granting('1', '2'));
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('put' as const), key, acl, pick: fc.nat(9) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('set-acl' as const), key, acl, pick: fc.nat(9) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('delete' as const), key }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('delete-version' as const), pick: fc.nat(9) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('versioning' as const),
      status: fc.constantFrom('enabled' as const, 'suspended' as const),
    }),
  },
);

async function versionsOf(fixture: Fixture) {
  const bucket = await fixture.bucket();
  const query = { prefix: '', delimiter: '', keyMarker: '', versionIdMarker: '', limit: 1_000 };
  const page = await listVersions(fixture.services, bucket, query);
  return page.versions;
}

async function run(fixture: Fixture, step: Step): Promise<void> {
  const { services } = fixture;
  const bucket = await fixture.bucket();
  switch (step.kind) {
    case 'put':
      return put(fixture, step.key, step.acl);
    case 'delete':
      await deleteObject(services, bucket, step.key, undefined);
      return;
    case 'versioning':
      return updateBucket(services, FIXTURE_BUCKET, (record) => ({ ...record, versioning: step.status }));
    default: {
      const versions = await versionsOf(fixture);
      const picked = versions[step.pick % Math.max(1, versions.length)];
      if (picked === undefined) return;
      if (step.kind === 'delete-version') {
        await deleteObject(services, bucket, picked.key, picked.versionId || undefined);
      } else {
        await codeOf(setAcl(fixture, picked.key, step.acl, picked.versionId || undefined));
      }
    }
  }
}

describe('rows of own ACLs', () => {
  it('are those of the versions, whatever happens to these', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const fixture = await openFixture();
        for (const each of steps) await run(fixture, each);
        const { rows, expected } = await census(fixture);
        expect(rows).toEqual(expected);
        for (const version of await versionsOf(fixture)) {
          await deleteObject(fixture.services, await fixture.bucket(), version.key, version.versionId || undefined);
        }
        await deleteBucket(fixture.services, FIXTURE_BUCKET);
        expect(await scan(fixture, Buffer.from('a'))).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  it('come with the append that creates an object, and go with it', async () => {
    const fixture = await openFixture();
    await append(fixture, 'log', 0, PUBLIC);
    await append(fixture, 'log', 1, PUBLIC);
    const { rows, expected } = await census(fixture);
    expect(rows).toEqual(expected);
    expect(rows).toHaveLength(1);
    await deleteObject(fixture.services, await fixture.bucket(), 'log', undefined);
    expect((await census(fixture)).rows).toEqual([]);
  });
});

describe('the number of own ACLs of an account', () => {
  it('has a limit; what follows the bucket does not count', async () => {
    const fixture = await openFixture({ aclEntries: 2 });
    await put(fixture, 'a', PUBLIC);
    for (const name of ['p', 'q', 'r']) await put(fixture, name, DEFAULT);
    await put(fixture, 'b', granting('1'));
    expect(await codeOf(put(fixture, 'c', PUBLIC))).toBe('PolicyFull');
    expect(await codeOf(setAcl(fixture, 'p', PUBLIC))).toBe('PolicyFull');
    expect(await codeOf(append(fixture, 'log', 0, PUBLIC))).toBe('PolicyFull');
    expect(await codeOf(put(fixture, 'c', DEFAULT))).toBe('ok');
  });

  it('does not grow when an ACL is replaced', async () => {
    const fixture = await openFixture({ aclEntries: 1 });
    await put(fixture, 'a', PUBLIC);
    for (let i = 0; i < 3; i++) {
      expect(await codeOf(put(fixture, 'a', granting('1')))).toBe('ok');
      expect(await codeOf(setAcl(fixture, 'a', granting('2')))).toBe('ok');
      expect(await codeOf(setAcl(fixture, 'a', PUBLIC))).toBe('ok');
    }
    expect(await codeOf(put(fixture, 'b', PUBLIC))).toBe('PolicyFull');
  });

  it('counts noncurrent versions, and falls with what is removed', async () => {
    const fixture = await openFixture({ aclEntries: 2 });
    await updateBucket(fixture.services, FIXTURE_BUCKET, (record) => ({ ...record, versioning: 'enabled' }));
    await put(fixture, 'a', PUBLIC);
    await put(fixture, 'a', PUBLIC);
    expect(await codeOf(put(fixture, 'a', PUBLIC))).toBe('PolicyFull');
    const [newest, oldest] = await versionsOf(fixture);
    await deleteObject(fixture.services, await fixture.bucket(), 'a', oldest!.versionId);
    expect(await codeOf(put(fixture, 'b', PUBLIC))).toBe('ok');
    expect(await codeOf(put(fixture, 'c', PUBLIC))).toBe('PolicyFull');
    await setAcl(fixture, 'a', DEFAULT, newest!.versionId);
    expect(await codeOf(put(fixture, 'c', PUBLIC))).toBe('ok');
  });

  it('is that of all buckets of the account, and of no other account', async () => {
    const fixture = await openFixture({ aclEntries: 1 });
    const shared = { ownerUin: '100000000001', region: 'ap-guangzhou', acl: 'private' as const };
    await createBucket(fixture.services, { ...shared, name: 'second-1250000000', appid: APPID });
    await createBucket(fixture.services, { ...shared, name: 'other-12500000001', appid: '12500000001' });
    await put(fixture, 'a', PUBLIC);
    expect(await codeOf(put(fixture, 'a', PUBLIC, 'second-1250000000'))).toBe('PolicyFull');
    expect(await codeOf(put(fixture, 'a', PUBLIC, 'other-12500000001'))).toBe('ok');
  });

  it('is kept among writes at once: as many pass as there is room for', async () => {
    const fixture = await openFixture({ aclEntries: 5 });
    await put(fixture, 'first', PUBLIC);
    const names = Array.from({ length: 20 }, (_, i) => `k${i}`);
    const codes = await Promise.all(names.map((name) => codeOf(put(fixture, name, PUBLIC))));
    expect(codes.filter((code) => code === 'ok')).toHaveLength(4);
    expect(codes.filter((code) => code === 'PolicyFull')).toHaveLength(16);
    await Promise.all([...names, 'first'].map((name) => put(fixture, name, DEFAULT)));
    expect(await census(fixture)).toEqual({ rows: [], expected: [] });
    const again = await Promise.all(names.map((name) => codeOf(put(fixture, name, PUBLIC))));
    expect(again.filter((code) => code === 'ok')).toHaveLength(5);
  });

  it('is never passed, however writes, replacements and removals mix', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat(7), acl), { minLength: 10, maxLength: 60 }), async (writes) => {
        const fixture = await openFixture({ aclEntries: 3 });
        await Promise.all(writes.map(([name, each]) => codeOf(put(fixture, `k${name}`, each))));
        const { rows, expected } = await census(fixture);
        expect(rows).toEqual(expected);
        expect(rows.length).toBeLessThanOrEqual(3);
        for (let i = rows.length; i < 3; i++) expect(await codeOf(put(fixture, `new${i}`, PUBLIC))).toBe('ok');
        expect(await codeOf(put(fixture, 'one more', PUBLIC))).toBe('PolicyFull');
      }),
      { numRuns: 100 },
    );
  });
});

describe('grants to one identity', () => {
  it('have a limit over the account, groups not', async () => {
    const fixture = await openFixture({ grantAttachments: 2 });
    await put(fixture, 'a', granting('1', '2'));
    await put(fixture, 'b', granting('1'));
    expect(await codeOf(put(fixture, 'c', granting('3', '1')))).toBe('AttachmentFull');
    expect(await codeOf(put(fixture, 'c', granting('3', '2')))).toBe('ok');
    for (const name of ['d', 'e', 'f']) {
      expect(
        await codeOf(put(fixture, name, { acl: 'private', grants: [{ grantee: 'all', permission: 'READ' }] })),
      ).toBe('ok');
    }
    expect(await codeOf(setAcl(fixture, 'd', granting('1')))).toBe('AttachmentFull');
    expect(await codeOf(setAcl(fixture, 'a', granting('1')))).toBe('ok');
    expect(await codeOf(setAcl(fixture, 'd', granting('2')))).toBe('ok');
  });

  it('are counted once for each permission, and among writes at once', async () => {
    const fixture = await openFixture({ grantAttachments: 3 });
    const both: Acl = { acl: 'private', grants: [grant('1'), { ...grant('1'), permission: 'READ_ACP' }] };
    await put(fixture, 'a', both);
    const codes = await Promise.all(['b', 'c', 'd'].map((name) => codeOf(put(fixture, name, granting('1')))));
    expect(codes.sort()).toEqual(['AttachmentFull', 'AttachmentFull', 'ok']);
  });
});

/** Whose ACL decides about an object that has none of its own: spec/access.md §2. */
import { expect, test } from 'vitest';
import { bodyOf, openFixture, PLAIN } from '../model/fixture.ts';
import { NO_DIGESTS, withIngested } from '../model/ingest.ts';
import type { ObjectAcl } from '../model/records/attributes.ts';
import { publishObject, singleBody, UNCONDITIONAL } from '../model/write-object.ts';
import { objectGrants } from './acl.ts';

async function withFolder(folder: string, acl: ObjectAcl) {
  const { services, bucket } = await openFixture();
  const entry = await bucket();
  const open = { ...entry, record: { ...entry.record, acl: 'public-read' as const } };
  await withIngested(services, bodyOf(''), 1, NO_DIGESTS, async (ingested) => {
    await publishObject(services, open, folder, singleBody(ingested, { ...PLAIN, acl }), UNCONDITIONAL);
  });
  return (key: string) => objectGrants(services, open, key, undefined);
}

test.each([0, 1, 31, 32, 33, 64, 400])('a private folder hides what lies %d folders deeper', async (depth) => {
  const grants = await withFolder('private/', 'private');
  expect(await grants(`private/${'d/'.repeat(depth)}f`)).toEqual([]);
  expect(await grants(`other/${'d/'.repeat(depth)}f`)).toEqual([{ grantee: 'all', permission: 'READ' }]);
});

test('the nearest folder counts', async () => {
  const grants = await withFolder('a/b/', 'authenticated-read');
  expect(await grants('a/b/c/d')).toEqual([{ grantee: 'authenticated', permission: 'READ' }]);
  expect(await grants('a/b/')).toEqual([{ grantee: 'all', permission: 'READ' }]);
  expect(await grants('a/bc')).toEqual([{ grantee: 'all', permission: 'READ' }]);
});

test('a folder whose writer asked for no ACL says nothing of what lies below', async () => {
  const grants = await withFolder('a/', 'owner-only');
  expect(await grants('a/b')).toEqual([{ grantee: 'all', permission: 'READ' }]);
});

import { describe, expect, it } from 'vitest';
import type { ReplicaMeta } from '../../features/replication/replica.ts';
import { readReplicaHeader, writeReplicaHeader } from './replica-header.ts';

const META: ReplicaMeta = {
  stamp: 1_700_000_000_000_001,
  marker: false,
  modifiedMs: 1_700_000_000_000,
  size: 12,
  etag: `${'0'.repeat(32)}-3`,
  crc64: Buffer.from('0102030405060708', 'hex'),
  checksum: { algorithm: 'CRC32C', value: Buffer.from('01020304', 'hex') },
  attributes: {
    headers: { contentType: 'text/plain', cacheControl: 'no-cache', websiteRedirect: '/x' },
    userMeta: ['who', 'ann\u00e4'],
    storageClass: 'STANDARD_IA',
    acl: 'public-read',
    grants: [{ grantee: 'all', permission: 'READ' }],
    tags: ['k', 'v'],
    encryption: { mode: 'kms', keyId: 'key', context: undefined },
  },
};
const changed = (change: Record<string, unknown>): string => {
  const fields = JSON.parse(Buffer.from(writeReplicaHeader(META), 'base64url').toString()) as object;
  return Buffer.from(JSON.stringify({ ...fields, ...change })).toString('base64url');
};

describe('the header of a replica', () => {
  it('is read as it was written, in the characters of a header', () => {
    expect(writeReplicaHeader(META)).toMatch(/^[\w-]+$/);
    expect(readReplicaHeader(writeReplicaHeader(META))).toEqual(META);
    const bare = {
      ...META,
      crc64: undefined,
      checksum: undefined,
      attributes: { headers: { contentType: '' }, userMeta: [], storageClass: 'STANDARD', acl: 'default' as const },
    };
    expect(readReplicaHeader(writeReplicaHeader(bare))).toEqual(bare);
  });

  it('leaves out a checksum that is not known here', () => {
    expect(readReplicaHeader(changed({ checksum: ['CRC7', 'ab'] })).checksum).toBeUndefined();
  });

  it.each([
    ['another format', { v: 2 }],
    ['a stamp with a fraction', { stamp: 1.5 }],
    ['a negative size', { size: -1 }],
    ['a marker in words', { marker: 'yes' }],
    ['a short CRC', { crc64: '01' }],
    ['a checksum of another length', { checksum: ['CRC32', '0102'] }],
    ['a checksum in words', { checksum: ['CRC32', 'none'] }],
    ['a quote in the ETag', { etag: '"' }],
    ['a line end in a header', { headers: { contentType: 'a\r\nb: c' } }],
    ['a line end in metadata', { userMeta: ['a', 'b\nc'] }],
    ['half a pair', { userMeta: ['a'] }],
    ['an unknown class', { storageClass: 'GLACIER' }],
    ['an unknown ACL', { acl: 'public' }],
    ['an unknown permission', { grants: [{ grantee: 'all', permission: 'ALL' }] }],
    ["a customer's key", { encryption: { mode: 'customer' } }],
    ['too many tags', { tags: Array(42).fill('x') }],
  ])('is refused with %s', (_, change) => {
    expect(() => readReplicaHeader(changed(change))).toThrow(expect.objectContaining({ code: 'InvalidArgument' }));
  });

  it.each(['', 'x', Buffer.from('null').toString('base64url'), Buffer.from('[]').toString('base64url')])(
    'is refused as %j',
    (value) => {
      expect(() => readReplicaHeader(value)).toThrow(expect.objectContaining({ code: 'InvalidArgument' }));
    },
  );
});

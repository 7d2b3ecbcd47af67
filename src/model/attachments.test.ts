import { describe, expect, it } from 'vitest';
import { CosError } from '../errors/cos-error.ts';
import type { Attachment } from './attachments.ts';
import { createBucket, deleteBucket, updateBucket } from './buckets.ts';
import { FIXTURE_BUCKET, type Fixture, openFixture } from './fixture.ts';
import { aclPrefix, afterPrefix } from './keys.ts';

const APPID = '1250000000';
const SECOND = `second-${APPID}`;
const UIN = 'qcs::cam::uin/2:uin/2';

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'ok';
  } catch (error) {
    if (error instanceof CosError) return error.code;
    throw error;
  }
}

const attach = ({ services }: Fixture, bucket: string, attachment: Attachment) =>
  codeOf(updateBucket(services, bucket, (record) => record, undefined, attachment));

function make({ services }: Fixture, name: string, attachment?: Attachment): Promise<string> {
  const bucket = { name, appid: APPID, ownerUin: '1', region: 'ap-guangzhou', acl: 'private' as const };
  return codeOf(createBucket(services, { ...bucket, attachment }));
}

async function rows({ services }: Fixture): Promise<number> {
  const from = aclPrefix(APPID);
  return (await services.store.meta.scan({ from, to: afterPrefix(from), limit: 100 })).rows.length;
}

describe('ACLs and policies of buckets', () => {
  it('count, and those that replace one do not', async () => {
    const fixture = await openFixture({ aclEntries: 2 });
    await make(fixture, SECOND);
    expect(await attach(fixture, FIXTURE_BUCKET, { kind: 'acl', grantees: [] })).toBe('ok');
    expect(await attach(fixture, FIXTURE_BUCKET, { kind: 'policy', grantees: [] })).toBe('ok');
    expect(await attach(fixture, FIXTURE_BUCKET, { kind: 'acl', grantees: [UIN] })).toBe('ok');
    expect(await attach(fixture, FIXTURE_BUCKET, { kind: 'policy', grantees: [UIN] })).toBe('ok');
    expect(await attach(fixture, SECOND, { kind: 'acl', grantees: [] })).toBe('PolicyFull');
    expect(await make(fixture, `third-${APPID}`, { kind: 'acl', grantees: [] })).toBe('PolicyFull');
    expect(await make(fixture, `third-${APPID}`, { kind: 'acl', grantees: undefined })).toBe('ok');
    expect(await rows(fixture)).toBe(2);
  });

  it('make room when they are taken away, and with the bucket', async () => {
    const fixture = await openFixture({ aclEntries: 1 });
    expect(await make(fixture, SECOND, { kind: 'acl', grantees: [UIN] })).toBe('ok');
    expect(await attach(fixture, FIXTURE_BUCKET, { kind: 'policy', grantees: [] })).toBe('PolicyFull');
    await deleteBucket(fixture.services, SECOND);
    expect(await rows(fixture)).toBe(0);
    expect(await attach(fixture, FIXTURE_BUCKET, { kind: 'policy', grantees: [] })).toBe('ok');
    expect(await attach(fixture, FIXTURE_BUCKET, { kind: 'policy', grantees: undefined })).toBe('ok');
    expect(await attach(fixture, FIXTURE_BUCKET, { kind: 'policy', grantees: undefined })).toBe('ok');
    expect(await attach(fixture, FIXTURE_BUCKET, { kind: 'acl', grantees: [] })).toBe('ok');
    expect(await rows(fixture)).toBe(1);
  });

  it('name one identity so often and no more, in buckets together', async () => {
    const fixture = await openFixture({ grantAttachments: 1 });
    await make(fixture, SECOND);
    expect(await attach(fixture, FIXTURE_BUCKET, { kind: 'policy', grantees: [UIN] })).toBe('ok');
    expect(await attach(fixture, SECOND, { kind: 'acl', grantees: [UIN] })).toBe('AttachmentFull');
    expect(await attach(fixture, SECOND, { kind: 'acl', grantees: ['other'] })).toBe('ok');
    expect(await attach(fixture, FIXTURE_BUCKET, { kind: 'policy', grantees: [] })).toBe('ok');
    expect(await attach(fixture, SECOND, { kind: 'acl', grantees: [UIN] })).toBe('ok');
  });

  it('are kept among changes at once: as many pass as there is room for', async () => {
    const fixture = await openFixture({ aclEntries: 3 });
    const names = Array.from({ length: 10 }, (_, i) => `b${i}-${APPID}`);
    const codes = await Promise.all(names.map((name) => make(fixture, name, { kind: 'acl', grantees: [] })));
    expect(codes.filter((code) => code === 'ok')).toHaveLength(3);
    expect(codes.filter((code) => code === 'PolicyFull')).toHaveLength(7);
    expect(await rows(fixture)).toBe(3);
  });
});

/** Lifecycle rules as clients of S3 write them, and what answers say of them. Source: spec/s3.md §6–§8. */
import {
  CreateBucketCommand,
  DeleteBucketLifecycleCommand,
  GetBucketLifecycleConfigurationCommand,
  GetObjectCommand,
  HeadObjectCommand,
  type LifecycleRule,
  PutBucketLifecycleConfigurationCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failure, s3Client } from '../../support/s3-client.ts';
import { APPID, type ServerProcess, startServerProcess } from '../../support/server-process.ts';

const Bucket = `rules-${APPID}`;
const DAY_MS = 86_400_000;
let server: ServerProcess;
let s3: S3Client;

beforeAll(async () => {
  server = await startServerProcess();
  s3 = s3Client(server);
  await s3.send(new CreateBucketCommand({ Bucket }));
});
afterAll(async () => {
  s3.destroy();
  await server.remove();
});

const put = (...Rules: LifecycleRule[]) =>
  s3.send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: { Rules } }));
const get = async () => (await s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }))).Rules;
const rule = (more: Partial<LifecycleRule>): LifecycleRule => ({
  ID: 'r',
  Status: 'Enabled',
  Filter: { Prefix: '' },
  ...more,
});
const expire: Partial<LifecycleRule> = { Expiration: { Days: 7_300 } };

describe('a rule', () => {
  it.each<[string, LifecycleRule]>([
    ['a prefix of its own', { ID: 'r', Status: 'Enabled', Prefix: 'old/', ...expire }],
    ['an empty prefix of its own', { ID: 'r', Status: 'Disabled', Prefix: '', ...expire }],
    ['a filter by prefix', rule({ Filter: { Prefix: 'a&b/' }, ...expire })],
    ['a filter by tag', rule({ Filter: { Tag: { Key: 'k', Value: 'v' } }, ...expire })],
    ['a filter by size', rule({ Filter: { ObjectSizeGreaterThan: 2_000 }, ...expire })],
    [
      'a filter by everything',
      rule({
        Filter: {
          And: { Prefix: 'a/', Tags: [{ Key: 'k', Value: 'v' }], ObjectSizeGreaterThan: 1, ObjectSizeLessThan: 9 },
        },
        ...expire,
      }),
    ],
    ['a date at midnight of UTC', rule({ Expiration: { Date: new Date('2030-01-01T00:00:00Z') } })],
    ['markers', rule({ Expiration: { ExpiredObjectDeleteMarker: true } })],
    [
      'classes in words of S3',
      rule({
        Transitions: [
          { Days: 30, StorageClass: 'STANDARD_IA' },
          { Days: 60, StorageClass: 'GLACIER' },
        ],
        NoncurrentVersionTransitions: [
          { NoncurrentDays: 30, NewerNoncurrentVersions: 2, StorageClass: 'DEEP_ARCHIVE' },
        ],
      }),
    ],
    ['a number of versions', rule({ NoncurrentVersionExpiration: { NoncurrentDays: 1, NewerNoncurrentVersions: 5 } })],
    ['uploads', rule({ AbortIncompleteMultipartUpload: { DaysAfterInitiation: 2 } })],
  ])('with %s comes back as it was put', async (_, given) => {
    await put(given);
    expect(await get()).toEqual([given]);
  });

  it('without an ID gets one', async () => {
    await put({ Status: 'Enabled', Prefix: 'a/', ...expire }, { Status: 'Enabled', Prefix: 'b/', ...expire });
    const ids = (await get())!.map(({ ID }) => ID);
    expect(ids.every((id) => id !== undefined && id.length > 0)).toBe(true);
    expect(new Set(ids).size).toBe(2);
  });

  it('with conditions beside each other has them all', async () => {
    const Filter = {
      Prefix: 'a/b',
      Tag: { Key: 'k', Value: 'v' },
      And: { Prefix: 'a', Tags: [{ Key: 'l', Value: 'w' }] },
    };
    await put(rule({ Filter, ...expire }));
    const Tags = [
      { Key: 'k', Value: 'v' },
      { Key: 'l', Value: 'w' },
    ];
    expect((await get())?.[0]?.Filter).toEqual({ And: { Prefix: 'a/b', Tags } });
    const apart = rule({ Filter: { Prefix: 'a', And: { Prefix: 'b', Tags } }, ...expire });
    expect(await failure(put(apart))).toEqual({ status: 400, code: 'MalformedXML' });
  });

  it.each<[string, LifecycleRule, string]>([
    ['neither filter nor prefix', { ID: 'r', Status: 'Enabled', ...expire }, 'MalformedXML'],
    ['both', { ...rule(expire), Prefix: '' }, 'MalformedXML'],
    ['a state of its own', rule({ Status: 'enabled' as 'Enabled', ...expire }), 'MalformedXML'],
    ['no days', rule({ Expiration: { Days: 0 } }), 'InvalidArgument'],
    ['a long ID', rule({ ID: 'i'.repeat(256), ...expire }), 'InvalidArgument'],
    ['a date within a day', rule({ Expiration: { Date: new Date('2030-01-01T01:00:00Z') } }), 'InvalidArgument'],
    [
      'too many versions',
      rule({ NoncurrentVersionExpiration: { NoncurrentDays: 1, NewerNoncurrentVersions: 101 } }),
      'InvalidArgument',
    ],
  ])('with %s is refused', async (_, given, code) => {
    expect(await failure(put(given))).toEqual({ status: 400, code });
  });

  it('shares its ID with no other', async () => {
    const twice = put(rule(expire), rule({ Filter: { Prefix: 'x' }, ...expire }));
    expect(await failure(twice)).toEqual({ status: 400, code: 'InvalidArgument' });
  });

  it('goes with the configuration', async () => {
    await put(rule(expire));
    await s3.send(new DeleteBucketLifecycleCommand({ Bucket }));
    expect(await failure(get())).toEqual({ status: 404, code: 'NoSuchLifecycleConfiguration' });
    await s3.send(new DeleteBucketLifecycleCommand({ Bucket }));
  });
});

describe('x-amz-expiration', () => {
  const expiryOf = (text: string | undefined) => {
    const [, date, id] = /^expiry-date="(.+)", rule-id="(.+)"$/.exec(text ?? '') ?? [];
    return { days: (Date.parse(date ?? '') - Date.now()) / DAY_MS, id };
  };

  it('is told by writes and reads of what a rule will expire', async () => {
    await put(rule({ ID: 'two days', Filter: { Prefix: 'days/' }, Expiration: { Days: 2 } }));
    const Key = 'days/foo';
    const answers = [
      (await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'abc' }))).Expiration,
      (await s3.send(new HeadObjectCommand({ Bucket, Key }))).Expiration,
      (await s3.send(new GetObjectCommand({ Bucket, Key }))).Expiration,
    ];
    for (const answer of answers) {
      const { days, id } = expiryOf(answer);
      expect(id).toBe('two%20days');
      expect(days).toBeGreaterThan(1.99);
      expect(days).toBeLessThan(3);
    }
    const other = await s3.send(new PutObjectCommand({ Bucket, Key: 'other', Body: 'abc' }));
    expect(other.Expiration).toBeUndefined();
  });

  it('goes by the tags that the object has', async () => {
    await put(rule({ ID: 'tagged', Filter: { Tag: { Key: 'k', Value: 'v' } }, Expiration: { Days: 1 } }));
    const Key = 'tagged';
    expect((await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'abc' }))).Expiration).toBeUndefined();
    await s3.send(new PutObjectTaggingCommand({ Bucket, Key, Tagging: { TagSet: [{ Key: 'k', Value: 'v' }] } }));
    expect(expiryOf((await s3.send(new HeadObjectCommand({ Bucket, Key }))).Expiration).id).toBe('tagged');
  });
});

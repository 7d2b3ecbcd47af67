/** A bucket with a public policy or public ACLs, asked for by its owner and by others. Source: spec/s3.md §9. */
import { describe, expect, it } from 'vitest';
import { writeBucketConfig } from '../model/bucket-configs.ts';
import { updateBucket } from '../model/buckets.ts';
import { FIXTURE_BUCKET, openFixture } from '../model/fixture.ts';
import type { Grant } from '../model/records/attributes.ts';
import type { BucketRecord } from '../model/records/bucket.ts';
import type { PublicAccessBlock } from '../model/records/bucket-features.ts';
import { BUCKET_GRANTS } from './acl.ts';
import { authorizeObject, type JudgedObject } from './authorize.ts';
import { BUCKET_POLICY } from './bucket-policy.ts';
import { ANONYMOUS, type Identity, type SignedIdentity } from './identity.ts';

const OWNER = '100000000001';
const MAY: PublicAccessBlock = { blockAcls: true, ignoreAcls: false, blockPolicy: true, restrictBuckets: false };
const signed = (ownerUin: string, kind: SignedIdentity['kind'] = 'root'): SignedIdentity => ({
  kind,
  appid: ownerUin === OWNER ? '1250000000' : '1250000009',
  ownerUin,
  uin: kind === 'root' ? ownerUin : '200000000001',
  name: '',
  secretId: 'AKID',
  policies: [],
});
const PRIVATE: JudgedObject = { acl: 'private' };

async function world(change: Partial<BucketRecord>, policy?: object, grants?: readonly Grant[]) {
  const { services, bucket } = await openFixture();
  if (policy !== undefined) {
    await writeBucketConfig(services, FIXTURE_BUCKET, BUCKET_POLICY, { text: JSON.stringify(policy) });
  }
  if (grants !== undefined) await writeBucketConfig(services, FIXTURE_BUCKET, BUCKET_GRANTS, grants);
  await updateBucket(services, FIXTURE_BUCKET, (record) => ({ ...record, ...change }));
  return async (identity: Identity, object: JudgedObject = PRIVATE): Promise<boolean> => {
    const context = { services, identity, facts: { get: () => undefined }, trace: {} };
    try {
      await authorizeObject(context, ['GetObject'], await bucket(), 'a', object, 'READ');
      return true;
    } catch {
      return false;
    }
  };
}

const policyOf = (...principals: string[]) => ({
  version: '2.0',
  statement: [
    {
      effect: 'allow',
      principal: { qcs: principals },
      action: ['name/cos:GetObject'],
      resource: [`qcs::cos:ap-guangzhou:uid/1250000000:${FIXTURE_BUCKET}/*`],
    },
  ],
});
const EVERYONE = policyOf('qcs::cam::anyone:anyone');
const ONE = policyOf('qcs::cam::uin/9:uin/9');

describe('a public policy', () => {
  it('is held to the account of the owner', async () => {
    const open = await world({ publicAccess: MAY }, EVERYONE);
    const shut = await world({ publicAccess: { ...MAY, restrictBuckets: true } }, EVERYONE);
    const asking = [ANONYMOUS, signed('9'), signed(OWNER), signed(OWNER, 'user')];
    expect(await Promise.all(asking.map((who) => open(who)))).toEqual([true, true, true, true]);
    expect(await Promise.all(asking.map((who) => shut(who)))).toEqual([false, false, true, true]);
  });

  it('is another matter than one for an account', async () => {
    const shut = await world({ publicAccess: { ...MAY, restrictBuckets: true } }, ONE);
    expect([await shut(signed('9')), await shut(ANONYMOUS)]).toEqual([true, false]);
  });
});

describe('ACLs', () => {
  const PUBLIC: JudgedObject = { acl: 'public-read' };
  const NAMED: JudgedObject = {
    acl: 'owner-only',
    extra: { grants: [{ grantee: 'qcs::cam::uin/9:uin/9', permission: 'READ' }] },
  };

  it('for everybody are ignored where the bucket says so, those for an account are not', async () => {
    const [open, shut] = [
      await world({ publicAccess: MAY }),
      await world({ publicAccess: { ...MAY, ignoreAcls: true } }),
    ];
    expect([await open(ANONYMOUS, PUBLIC), await open(signed('9'), NAMED)]).toEqual([true, true]);
    expect([await shut(ANONYMOUS, PUBLIC), await shut(signed('9'), NAMED)]).toEqual([false, true]);
    const signedMay: JudgedObject = { acl: 'authenticated-read' };
    expect([await open(signed('8'), signedMay), await shut(signed('8'), signedMay)]).toEqual([true, false]);
  });

  it('mean nothing where they are switched off', async () => {
    const shut = await world({ ownership: 'enforced' });
    expect([await shut(ANONYMOUS, PUBLIC), await shut(signed('9'), NAMED), await shut(signed(OWNER))]).toEqual([
      false,
      false,
      true,
    ]);
    const preferred = await world({ ownership: 'preferred' });
    expect([await preferred(ANONYMOUS, PUBLIC), await preferred(signed('9'), NAMED)]).toEqual([true, true]);
  });

  it('that a bucket passes on are ignored too', async () => {
    const grants: Grant[] = [{ grantee: 'all', permission: 'READ' }];
    const inherits: JudgedObject = { acl: 'default' };
    const open = await world({}, undefined, grants);
    expect([await open(ANONYMOUS, inherits), await open(ANONYMOUS, { acl: 'owner-only' })]).toEqual([true, false]);
    const shut = await world({ publicAccess: { ...MAY, ignoreAcls: true } }, undefined, grants);
    expect(await shut(ANONYMOUS, inherits)).toBe(false);
  });
});

it('changes of one bucket wait for each other', async () => {
  const { services, bucket } = await openFixture();
  const acls = ['public-read', 'private'] as const;
  const changes = Array.from({ length: 60 }, (_, at) =>
    updateBucket(services, FIXTURE_BUCKET, (record) => ({ ...record, acl: acls[at % 2]! })),
  );
  await Promise.all(changes);
  expect((await bucket()).record.acl).toBe('private');
});

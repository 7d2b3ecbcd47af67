/** Who may lift a retention of GOVERNANCE, through the operations. Source: spec/s3.md §12.2. */
import { describe, expect, it } from 'vitest';
import { ANONYMOUS, type Identity, type SignedIdentity } from '../access/identity.ts';
import { compilePolicy } from '../access/policy/parse.ts';
import { createBucket, loadBucket } from '../model/buckets.ts';
import { openFixture, PLAIN } from '../model/fixture.ts';
import { withExtra } from '../model/records/attributes.ts';
import { publishObject } from '../model/write-object.ts';
import { deleteMultipleObjects } from './delete-multiple-objects.ts';
import { deleteObject } from './delete-object.ts';
import { putObjectRetention } from './object-lock.ts';
import type { BucketContext } from './operation.ts';

const [APPID, OWNER] = ['1250000000', '100000000001'];
const NAME = `locked-${APPID}`;
const root: SignedIdentity = {
  ...{ kind: 'root', appid: APPID, ownerUin: OWNER, uin: OWNER, name: '' },
  ...{ secretId: 'id', policies: [] },
};
/** A sub-user who may do these. */
const user = (...action: string[]): SignedIdentity => {
  const statement = [{ effect: 'allow', action: action.map((name) => `cos:${name}`), resource: '*' }];
  const policy = compilePolicy(JSON.stringify({ version: '2.0', statement }), {
    ...{ use: 'user', label: 'own', ownerAppid: APPID, ownerUin: OWNER },
  });
  return { ...root, kind: 'user', uin: '100000000011', name: 'ada', policies: [policy] };
};

async function open() {
  const { services, clock } = await openFixture();
  const given = {
    name: NAME,
    appid: APPID,
    ownerUin: OWNER,
    region: 'ap-guangzhou',
    acl: 'public-read-write' as const,
  };
  await createBucket(services, { ...given, versioning: 'enabled', objectLock: { days: undefined } });
  const bucket = await loadBucket(services, NAME);
  const retainUntilMs = clock.nowMs() + 1_000;
  const context = (identity: Identity): BucketContext => ({
    ...{ services, bucket, identity, facts: { get: () => undefined }, trace: {}, actions: ['DeleteObject'] },
  });
  const retained = async (key: string) => {
    const lock = { mode: 'GOVERNANCE' as const, retainUntilMs, legalHold: false };
    const attributes = withExtra(PLAIN, { lock });
    const object = { kind: 'normal' as const, size: 3, etag: '', crc64: undefined, attributes, parts: 0 };
    return { key, versionId: (await publishObject(services, bucket, key, object)).versionId };
  };
  return { context, retained, retainUntilMs };
}
const LOCKED = expect.objectContaining({ code: 'ObjectLocked' });

describe('a bypass of GOVERNANCE', () => {
  it('is the right of the owner, and of whom a policy gives it', async () => {
    const { context, retained } = await open();
    for (const [at, identity] of [root, user('BypassGovernanceRetention', 'DeleteObject'), user('*')].entries()) {
      const target = await retained(`k${at}`);
      await expect(deleteObject.run(context(identity), target)).rejects.toEqual(LOCKED);
      const deleted = await deleteObject.run(context(identity), { ...target, bypassGovernance: true });
      expect(deleted.versionId).toBe(target.versionId);
    }
  });

  it('is nobody else’s, though the ACL lets all write', async () => {
    const { context, retained, retainUntilMs } = await open();
    const target = { ...(await retained('k')), bypassGovernance: true };
    for (const identity of [ANONYMOUS, user('DeleteObject', 'PutObjectRetention')]) {
      await expect(deleteObject.run(context(identity), target)).rejects.toEqual(LOCKED);
      const earlier = { ...target, retainUntilMs: retainUntilMs - 1 };
      const refused = expect.objectContaining({ code: 'InvalidObjectLock' });
      await expect(putObjectRetention.run(context(identity), earlier)).rejects.toEqual(refused);
    }
  });

  it('counts for each key of several', async () => {
    const { context, retained } = await open();
    const targets = [await retained('a'), await retained('b')];
    const input = { quiet: false, targets, bypassGovernance: true };
    const refused = await deleteMultipleObjects.run(context(user('DeleteObject')), input);
    expect(refused.outcomes.map(({ error }) => error?.code)).toEqual(['ObjectLocked', 'ObjectLocked']);
    const done = await deleteMultipleObjects.run(context(root), input);
    expect(done.outcomes.map(({ error }) => error)).toEqual([undefined, undefined]);
  });
});

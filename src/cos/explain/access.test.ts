import { expect, it } from 'vitest';
import type { SignedIdentity } from '../../access/identity.ts';
import { CosError } from '../../errors/cos-error.ts';
import { explain } from './explanation.ts';
import { HOST, KEYS, keyOf, REQUEST_ID, refuse, wireOf } from './fixture.ts';
import { Refusals } from './refusals.ts';

const root = keyOf('AKIDroot', 'secret').identity;
const user: SignedIdentity = { ...root, kind: 'user', ownerUin: '100000000001', uin: '100000000002', name: 'ann' };

function denied(identity: SignedIdentity | undefined, rule: string | undefined, host = HOST) {
  const refusals = new Refusals(1);
  const note = {
    bucket: 'demo-1250000000',
    key: 'a/b',
    operation: 'GetObject',
    ...(identity && { identity }),
    ...(rule !== undefined && { rule }),
  };
  refuse(refusals, wireOf({ target: '/a/b', host }), note, new CosError('AccessDenied'));
  return explain(refusals.get(REQUEST_ID)!, { refusals, keys: KEYS, defaultRegion: 'ap-beijing' });
}

it('tells the rule, and what an allow would need', () => {
  const { decision, findings } = denied(user, 'no policy or ACL allows it');
  expect(decision).toEqual({
    rule: 'no policy or ACL allows it',
    actions: ['name/cos:GetObject'],
    resource: 'qcs::cos:ap-guangzhou:uid/1250000000:demo-1250000000/a/b',
    principal: 'qcs::cam::uin/100000000001:uin/100000000002',
  });
  expect(findings[0]!.what).toBe('Decided by: no policy or ACL allows it.');
  expect(findings[1]).toMatchObject({
    what: expect.stringContaining(
      'Asked for: name/cos:GetObject on qcs::cos:ap-guangzhou:uid/1250000000:demo-1250000000/a/b, by user 100000000002',
    ),
    advice: expect.stringContaining('Attach a policy to the user'),
  });
});

it('tells what fits the one who asked', () => {
  const advice = (...given: Parameters<typeof denied>) => denied(...given).findings.at(-1)!.advice;
  expect(advice(undefined, 'nobody signed')).toContain('Sign the request');
  expect(advice(root, 'another account')).toContain('Let the owner of the bucket');
  expect(advice(user, 'bucket policy statement 1 denies')).toContain('An explicit deny wins');
  const role: SignedIdentity = { ...user, kind: 'role', uin: '4611686018427' };
  expect(denied(role, 'x', '127.0.0.1:9000').decision).toMatchObject({
    principal: 'qcs::cam::uin/100000000001:role/4611686018427',
    resource: 'qcs::cos:ap-beijing:uid/1250000000:demo-1250000000/a/b',
  });
});

it('says nothing of rights where the time was over, or the error is another one', () => {
  const refusals = new Refusals(1);
  refuse(refusals, wireOf({ target: '/k' }), { rule: 'owner' }, new CosError('InvalidObjectState'));
  const explained = explain(refusals.get(REQUEST_ID)!, { refusals, keys: KEYS, defaultRegion: 'ap-beijing' });
  expect(explained.decision).toBeUndefined();
  expect(explained.findings).toEqual([]);
});

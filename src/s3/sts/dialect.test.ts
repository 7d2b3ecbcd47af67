import { describe, expect, it } from 'vitest';
import { FailedSignatures } from '../../access/failed-signatures.ts';
import {
  APPID,
  NOW_MS,
  OWNER,
  ROLE_ARN,
  ROLE_ID,
  USER_ID,
  USER_SECRET,
  USER_UIN,
} from '../../access/session/fixture.ts';
import { MAX_POLICY } from '../../access/sessions.ts';
import type { WireRequest } from '../../http/types.ts';
import { wireRequest } from '../../sts/fixture.ts';
import { type Fields, presignedCall, type Signer, signedCall, standingAwsService } from './fixture.ts';

const USER: Signer = { secretId: USER_ID, secretKey: USER_SECRET };
const POLICY = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 's3:PutObject', Resource: `arn:aws:s3:::demo-${APPID}/up/*` }],
});
const identity: Fields = { Action: 'GetCallerIdentity' };
const assuming: Fields = {
  Action: 'AssumeRole',
  RoleArn: `arn:aws:iam::${OWNER}:role/uploader`,
  RoleSessionName: 'deploy@ci',
};
const federation: Fields = { Action: 'GetFederationToken', Name: 'bob', Policy: POLICY };

async function answerTo(fields: Fields, signer: Signer = {}) {
  return standingAwsService().ask(signedCall(fields, signer));
}
const outcome = async (request: WireRequest, service = standingAwsService()) => {
  const answer = await service.ask(request);
  return `${answer.status} ${answer.element('Code')}`;
};

describe('GetCallerIdentity', () => {
  it('tells of permanent keys', async () => {
    const root = await answerTo(identity);
    expect(root.status).toBe(200);
    expect(root.text).toMatch(
      /^<GetCallerIdentityResponse xmlns="https:\/\/sts\.amazonaws\.com\/doc\/2011-06-15\/"><GetCallerIdentityResult>.*<\/GetCallerIdentityResult><ResponseMetadata><RequestId>[0-9a-f-]{36}<\/RequestId><\/ResponseMetadata><\/GetCallerIdentityResponse>$/,
    );
    expect(root.element('Arn')).toBe(`arn:aws:iam::${OWNER}:root`);
    expect(root.element('Account')).toBe(OWNER);
    const user = await answerTo(identity, USER);
    expect(user.element('Arn')).toBe(`arn:aws:iam::${OWNER}:user/worker`);
    expect(user.element('UserId')).toBe(USER_UIN);
  });

  it('tells of temporary ones', async () => {
    const service = standingAwsService();
    const arnBehind = async (fields: Fields) => {
      const key = service.keyOf(await service.ask(signedCall(fields)));
      return (await service.ask(signedCall(identity, key))).element('Arn');
    };
    expect(await arnBehind(assuming)).toBe(`arn:aws:sts::${OWNER}:assumed-role/uploader/deploy@ci`);
    expect(await arnBehind(federation)).toBe(`arn:aws:sts::${OWNER}:federated-user/bob`);
    expect(await arnBehind({ Action: 'GetSessionToken' })).toBe(`arn:aws:iam::${OWNER}:root`);
  });

  it('can be asked by an address', async () => {
    const answer = await standingAwsService().ask(presignedCall(identity));
    expect(answer.element('Arn')).toBe(`arn:aws:iam::${OWNER}:root`);
  });
});

describe('AssumeRole', () => {
  it('gives a key of the role for an hour', async () => {
    const answer = await answerTo(assuming, USER);
    expect(answer.status).toBe(200);
    expect(answer.element('Expiration')).toBe(new Date(NOW_MS + 3_600_000).toISOString().replace('.000', ''));
    expect(answer.element('AssumedRoleId')).toBe(`${ROLE_ID}:deploy@ci`);
    expect(answer.text).toContain(
      `<AssumedRoleUser><AssumedRoleId>${ROLE_ID}:deploy@ci</AssumedRoleId><Arn>arn:aws:sts::${OWNER}:assumed-role/uploader/deploy@ci</Arn></AssumedRoleUser>`,
    );
    expect(answer.element('PackedPolicySize')).toBe('');
  });

  it.each([`arn:aws:iam::${APPID}:role/uploader`, `arn:aws-cn:iam::${OWNER}:role/uploader`, ROLE_ARN])(
    'knows the role as %s',
    async (RoleArn) => {
      expect((await answerTo({ ...assuming, RoleArn })).status).toBe(200);
    },
  );

  it('narrows the key by a policy of AWS or of CAM, and says how much room it takes', async () => {
    const cam = { version: '2.0', statement: [{ effect: 'allow', action: 'name/cos:GetObject', resource: '*' }] };
    for (const Policy of [POLICY, JSON.stringify(cam)]) {
      const service = standingAwsService();
      const answer = await service.ask(signedCall({ ...assuming, Policy, DurationSeconds: '900' }));
      const size = Number(answer.element('PackedPolicySize'));
      expect(size).toBeGreaterThan(0);
      expect(size).toBeLessThan(100);
      const { secretId, token } = service.keyOf(answer);
      const key = service.directory.find(secretId!, token);
      expect(service.tokens.policyTextOf(key!.identity)).toBe(Policy);
      expect(key!.identity.session).toMatchObject({ expiresMs: NOW_MS + 900_000, policy: { statements: [{}] } });
    }
  });

  it.each<[string, Fields, string]>([
    ['a role that does not exist', { RoleArn: `arn:aws:iam::${OWNER}:role/other` }, '403 AccessDenied'],
    ['a role of nobody', { RoleArn: 'arn:aws:iam::999999:role/uploader' }, '403 AccessDenied'],
    ['what is no role', { RoleArn: `arn:aws:iam::${OWNER}:user/uploader` }, '400 ValidationError'],
    ['no role', { RoleArn: '' }, '400 ValidationError'],
    ['a name with a slash', { RoleSessionName: 'a/b' }, '400 ValidationError'],
    ['a short name', { RoleSessionName: 'a' }, '400 ValidationError'],
    ['too short a time', { DurationSeconds: '899' }, '400 ValidationError'],
    ['too long a time', { DurationSeconds: '43201' }, '400 ValidationError'],
    ['no time', { DurationSeconds: '1h' }, '400 ValidationError'],
    ['no JSON', { Policy: '{' }, '400 MalformedPolicyDocument'],
    ['a policy of no version', { Policy: '{"Statement":[]}' }, '400 MalformedPolicyDocument'],
    ['too long a policy', { Policy: ' '.repeat(MAX_POLICY + 1) }, '400 PackedPolicyTooLarge'],
    ['a one-time code', { SerialNumber: 'a', TokenCode: '123456' }, '403 AccessDenied'],
    ['managed policies', { 'PolicyArns.member.1.arn': 'arn:aws:iam::aws:policy/a' }, '400 ValidationError'],
  ])('refuses %s', async (_, fields, expected) => {
    expect(await outcome(signedCall({ ...assuming, ...fields }))).toBe(expected);
  });

  it('is for those that the role trusts, for as long as it lets them', async () => {
    const service = standingAwsService();
    service.directory.role = { ...service.directory.role, trust: [`qcs::cam::uin/${OWNER}:root`], maxSessionS: 1_800 };
    expect(await outcome(signedCall(assuming, USER), service)).toBe('403 AccessDenied');
    const answer = await service.ask(signedCall(assuming));
    expect(answer.element('Expiration')).toBe(new Date(NOW_MS + 1_800_000).toISOString().replace('.000', ''));
    expect(await outcome(signedCall({ ...assuming, DurationSeconds: '1801' }), service)).toBe('400 ValidationError');
  });

  it('is not for a key whose policy speaks of objects, and gives a role’s key an hour', async () => {
    const service = standingAwsService();
    const narrowed = service.keyOf(await service.ask(signedCall({ ...assuming, Policy: POLICY })));
    expect(await outcome(signedCall(assuming, narrowed), service)).toBe('403 AccessDenied');
    const free = service.keyOf(await service.ask(signedCall(assuming)));
    expect(await outcome(signedCall(assuming, free), service)).toBe('200 ');
    expect(await outcome(signedCall({ ...assuming, DurationSeconds: '3601' }, free), service)).toBe(
      '400 ValidationError',
    );
  });
});

describe('GetFederationToken and GetSessionToken', () => {
  it('give keys of the caller', async () => {
    const answer = await answerTo(federation, USER);
    expect(answer.text).toContain(
      `<FederatedUser><FederatedUserId>${OWNER}:bob</FederatedUserId><Arn>arn:aws:sts::${OWNER}:federated-user/bob</Arn></FederatedUser>`,
    );
    expect(answer.element('Expiration')).toBe(new Date(NOW_MS + 43_200_000).toISOString().replace('.000', ''));
    expect((await answerTo({ Action: 'GetSessionToken' }, USER)).text).toMatch(
      /<GetSessionTokenResult><Credentials><AccessKeyId>\w/,
    );
  });

  it('give root an hour at most', async () => {
    const answer = await answerTo({ ...federation, DurationSeconds: '7200' });
    expect(answer.element('Expiration')).toBe(new Date(NOW_MS + 3_600_000).toISOString().replace('.000', ''));
  });

  it('give a federated user nothing without a policy', async () => {
    const service = standingAwsService();
    const { secretId, token } = service.keyOf(
      await service.ask(signedCall({ Action: 'GetFederationToken', Name: 'bob' })),
    );
    expect(service.directory.find(secretId!, token)?.identity.session?.policy?.statements).toEqual([]);
  });

  it('are not for temporary keys', async () => {
    const service = standingAwsService();
    const key = service.keyOf(await service.ask(signedCall({ Action: 'GetSessionToken' })));
    expect(await outcome(signedCall(federation, key), service)).toBe('403 AccessDenied');
    expect(await outcome(signedCall({ Action: 'GetSessionToken' }, key), service)).toBe('403 AccessDenied');
    expect(await outcome(signedCall({ ...federation, Name: 'b'.repeat(33) }), service)).toBe('400 ValidationError');
  });
});

describe('signatures', () => {
  it.each<[string, WireRequest, string]>([
    ['another secret', signedCall(identity, { secretKey: 'x' }), '403 SignatureDoesNotMatch'],
    ['an unknown key', signedCall(identity, { secretId: 'AKIDunknown' }), '403 InvalidClientTokenId'],
    ['a token that is none', signedCall(identity, { token: 'x' }), '403 InvalidClientTokenId'],
    [
      'another body',
      signedCall(identity, {}, 'Action=GetSessionToken&Version=2011-06-15'),
      '403 SignatureDoesNotMatch',
    ],
    ['another service', signedCall(identity, { service: 's3' }), '400 IncompleteSignature'],
    ['an old one', signedCall(identity, { atMs: NOW_MS - 901_000 }), '403 SignatureDoesNotMatch'],
    ['one of tomorrow', signedCall(identity, { atMs: NOW_MS + 901_000 }), '403 SignatureDoesNotMatch'],
    ['an old address', presignedCall(identity, { atMs: NOW_MS - 61_000 }), '403 SignatureDoesNotMatch'],
    ['an address of an hour', presignedCall(identity, { atMs: NOW_MS - 901_000 }, 3_600), '403 SignatureDoesNotMatch'],
    [
      'none',
      wireRequest({ method: 'GET', target: '/?Action=GetCallerIdentity&Version=2011-06-15' }),
      '403 MissingAuthenticationToken',
    ],
    ['version 2', wireRequest({ headers: ['Authorization', 'AWS a:b'] }), '400 IncompleteSignature'],
    [
      'half of one',
      wireRequest({ headers: ['Authorization', 'AWS4-HMAC-SHA256 Signature=1'] }),
      '400 IncompleteSignature',
    ],
  ])('refuse %s', async (_, request, expected) => {
    expect(await outcome(request)).toBe(expected);
  });

  it('of a disabled key and of an expired one are refused', async () => {
    const service = standingAwsService();
    const key = service.keyOf(await service.ask(signedCall({ ...assuming, DurationSeconds: '900' })));
    service.clock.advance(900_000);
    expect(await outcome(signedCall(identity, { ...key, atMs: NOW_MS + 900_000 }), service)).toBe('403 ExpiredToken');
    service.directory.keys.get(USER_ID)!.enabled = false;
    expect(await outcome(signedCall(identity, { ...USER, atMs: NOW_MS + 900_000 }), service)).toBe(
      '403 InvalidClientTokenId',
    );
  });
});

describe('calls', () => {
  it.each<[string, Fields, string]>([
    ['no action', {}, '400 MissingAction'],
    ['another action', { Action: 'AssumeRoleWithSAML' }, '400 InvalidAction'],
    ['another version', { ...identity, Version: '2018-08-13' }, '400 InvalidAction'],
    ['another parameter', { ...identity, Nmae: 'a' }, '400 ValidationError'],
  ])('with %s are refused', async (_, fields, expected) => {
    expect(await outcome(signedCall(fields))).toBe(expected);
  });

  it('with a parameter twice are refused, and with another method', async () => {
    const request = signedCall(identity);
    const twice = { ...request, rawQuery: 'Action=GetSessionToken' };
    expect(await outcome(twice)).toBe('400 InvalidQueryParameter');
    expect(await outcome({ ...request, method: 'PUT' })).toBe('400 InvalidQueryParameter');
    expect(await outcome(wireRequest({ body: 'x'.repeat(300_000) }))).toBe('413 RequestEntityTooLarge');
  });

  it('are too many after a while', async () => {
    const service = standingAwsService();
    let answer = '200 ';
    for (let i = 0; i < 700 && answer === '200 '; i++) answer = await outcome(signedCall(identity), service);
    expect(answer).toBe('400 Throttling');
  });

  it('leave a note without secrets', async () => {
    const request = signedCall(federation);
    const service = standingAwsService();
    await service.ask(request);
    expect(request.note).toMatchObject({ operation: 'sts:GetFederationToken', identity: { ownerUin: OWNER } });
    expect(JSON.stringify(request.note)).not.toMatch(/secretKey|SecretAccessKey/);
  });

  it('slow down who signs wrongly too often', async () => {
    const service = standingAwsService({ failedSignatures: new FailedSignatures({ failures: 2 }) });
    const from = (remoteAddress: string, signer: Signer) =>
      outcome({ ...signedCall(identity, signer), remoteAddress }, service);
    expect(await from('192.0.2.7', { secretKey: 'x' })).toBe('403 SignatureDoesNotMatch');
    expect(await from('192.0.2.7', { secretId: 'AKIDnobody' })).toBe('403 InvalidClientTokenId');
    expect(await from('192.0.2.7', { secretKey: 'x' })).toBe('400 Throttling');
    expect(await from('192.0.2.7', {})).toBe('200 ');
    expect(await from('192.0.2.8', { secretKey: 'x' })).toBe('403 SignatureDoesNotMatch');
  });

  it('wait for the end of the maintenance', async () => {
    const service = standingAwsService({ maintenance: true });
    const answer = await service.ask(signedCall(identity));
    expect(answer.status).toBe(503);
    expect(answer.text).toContain('<Type>Receiver</Type><Code>ServiceUnavailable</Code>');
  });

  it('that fail on our side say no more than that', async () => {
    const service = standingAwsService();
    service.directory.identityOf = () => {
      throw new Error('secret detail');
    };
    const answer = await service.ask(signedCall(assuming));
    expect(answer.status).toBe(500);
    expect(answer.text).not.toContain('detail');
    expect(service.failures).toHaveLength(1);
  });
});

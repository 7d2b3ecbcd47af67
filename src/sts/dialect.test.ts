import { randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { FailedSignatures } from '../access/failed-signatures.ts';
import {
  OWNER,
  POLICY,
  ROLE_ARN,
  ROLE_ID,
  ROOT_ID,
  ROOT_SECRET,
  USER_ID,
  USER_SECRET,
  USER_UIN,
} from '../access/session/fixture.ts';
import { StsDialect } from './dialect.ts';
import {
  type Fields,
  FORM,
  formRequest,
  type StsAnswer,
  signedForm,
  standingService,
  tc3Headers,
  wireRequest,
} from './fixture.ts';

const federation: Fields = {
  Action: 'GetFederationToken',
  DurationSeconds: '1800',
  Name: 'cos-sts-nodejs',
  Policy: encodeURIComponent(POLICY),
};
const assuming: Fields = {
  Action: 'AssumeRole',
  DurationSeconds: '1800',
  RoleSessionName: 'cos-sts-nodejs',
  RoleArn: ROLE_ARN,
  Policy: encodeURIComponent(POLICY),
};
const user: Fields = { SecretId: USER_ID };

let service: ReturnType<typeof standingService>;
beforeEach(() => {
  service = standingService();
});
const codeOf = async (request: ReturnType<typeof wireRequest>) => (await service.ask(request)).Error?.Code;
const opened = ({ Credentials }: StsAnswer) =>
  service.tokens.open(Credentials?.TmpSecretId ?? '', Credentials?.Token ?? '');
/** A form signed with a temporary key. */
const formOf = ({ Credentials }: StsAnswer, fields: Fields) => {
  const { TmpSecretId: SecretId = '', TmpSecretKey = '', Token = '' } = Credentials ?? {};
  return formRequest({ ...fields, SecretId, Token }, TmpSecretKey);
};

describe('GetFederationToken', () => {
  it('answers a signed form', async () => {
    const answer = await service.ask(formRequest(federation));
    expect(answer).toEqual({
      Credentials: {
        Token: expect.stringMatching(/^[\w-]{100,4096}$/),
        TmpSecretId: expect.stringMatching(/^AKID[\w-]{60}$/),
        TmpSecretKey: expect.stringMatching(/^[\w-]{32}$/),
      },
      ExpiredTime: 1_700_001_800,
      Expiration: '2023-11-14T22:43:20Z',
      RequestId: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
    });
    expect(opened(answer)?.identity).toMatchObject({ kind: 'root', uin: OWNER, session: { name: 'cos-sts-nodejs' } });
  });

  it('answers a signed query', async () => {
    const target = `/?${signedForm(federation, ROOT_SECRET, 'GET')}`;
    expect(await service.ask(wireRequest({ method: 'GET', target }))).toHaveProperty('Credentials.Token');
  });

  it('answers TC3 with JSON', async () => {
    const body = JSON.stringify({ Name: 'demo', Policy: encodeURIComponent(POLICY), DurationSeconds: 60 });
    const answer = await service.ask(wireRequest({ headers: tc3Headers('GetFederationToken', body), body }));
    expect(answer['ExpiredTime']).toBe(1_700_000_060);
  });

  it.each([
    ['encoded once', POLICY],
    ['encoded twice', encodeURIComponent(POLICY)],
    ['encoded twice, with + for blanks', encodeURIComponent(` ${POLICY} `).replaceAll('%20', '+')],
  ])('takes a policy that is %s', async (_, Policy) => {
    const answer = await service.ask(formRequest({ ...federation, ...user, Policy }, USER_SECRET));
    expect(opened(answer)?.identity.session?.policy?.statements).toHaveLength(1);
  });

  it('lasts as long as the kind of caller may have it', async () => {
    const lasting = (DurationSeconds: string, more: Fields = {}, key = ROOT_SECRET) =>
      service.ask(formRequest({ ...federation, ...more, DurationSeconds }, key));
    expect((await lasting('7200'))['ExpiredTime']).toBe(1_700_007_200);
    expect((await lasting('7201')).Error?.Code).toBe('InvalidParameter.OverTimeError');
    expect((await lasting('129600', user, USER_SECRET))['ExpiredTime']).toBe(1_700_129_600);
    expect((await lasting('129601', user, USER_SECRET)).Error?.Code).toBe('InvalidParameter.OverTimeError');
    expect((await lasting('0')).Error?.Code).toBe('InvalidParameterValue');
    const { DurationSeconds: _, ...rest } = federation;
    expect((await service.ask(formRequest(rest)))['ExpiredTime']).toBe(1_700_001_800);
  });

  it('needs a permanent key', async () => {
    const first = await service.ask(formRequest(federation));
    expect(await codeOf(formOf(first, federation))).toBe('AuthFailure.UnauthorizedOperation');
  });

  it.each<[Fields, string]>([
    [{ Policy: '' }, 'MissingParameter'],
    [{ Policy: 'undefined' }, 'MissingParameter'],
    [{ Policy: '%' }, 'InvalidParameter.StrategyFormatError'],
    [{ Policy: '{"version"' }, 'InvalidParameter.StrategyFormatError'],
    [{ Policy: '{"version":"1.0","statement":[]}' }, 'InvalidParameter.StrategyInvalid'],
    [{ Policy: POLICY.replace('qcs::cos', 'arn:aws:s3').replace(/:uid[^"]*/, '') }, 'InvalidParameter.ResouceError'],
    [{ Name: '' }, 'MissingParameter'],
    [{ Name: 'a b' }, 'InvalidParameterValue'],
    [{ DurationSeconds: '1e3' }, 'InvalidParameterValue'],
    [{ RoleArn: 'x' }, 'UnknownParameter'],
    [{ Region: 'Nowhere!' }, 'UnsupportedRegion'],
  ])('with %j is %s', async (fields, code) => {
    expect(await codeOf(formRequest({ ...federation, ...fields }))).toBe(code);
  });
});

it.each([
  ['repeats itself', 'u'.repeat(21_000)],
  ['does not', randomBytes(6_000).toString('base64url')],
])('a long policy that %s is PolicyTooLong', async (_, filler) => {
  const Policy = POLICY.replace('up/', filler);
  expect(await codeOf(formRequest({ ...federation, Policy }))).toBe('InvalidParameter.PolicyTooLong');
});

describe('AssumeRole', () => {
  it('gives the rights of the role', async () => {
    const answer = await service.ask(formRequest({ ...assuming, ...user }, USER_SECRET));
    expect(opened(answer)?.identity).toMatchObject({ kind: 'role', uin: ROLE_ID, session: { name: 'cos-sts-nodejs' } });
  });

  it.each(['undefined', 'null', ''])('takes the policy %j for none', async (Policy) => {
    const answer = await service.ask(formRequest({ ...assuming, Policy }));
    expect(opened(answer)?.identity.session).toMatchObject({ policy: undefined });
  });

  it('reports a missing role before the signature, which the SDK makes over an empty one', async () => {
    const { RoleArn: _, ...rest } = assuming;
    const answer = await service.ask(formRequest({ ...rest, Signature: 'of other fields' }));
    expect(answer.Error).toMatchObject({ Code: 'MissingParameter', Message: expect.stringContaining('RoleArn') });
  });

  it('lasts at most as long as the role says', async () => {
    const lasting = async (DurationSeconds: string) => service.ask(formRequest({ ...assuming, DurationSeconds }));
    expect((await lasting('43200'))['ExpiredTime']).toBe(1_700_043_200);
    expect((await lasting('43201')).Error?.Code).toBe('InvalidParameter.OverTimeError');
    expect((await lasting(''))['ExpiredTime']).toBe(1_700_007_200);
    service.directory.role = { ...service.directory.role, maxSessionS: 900 };
    expect((await lasting('901')).Error?.Code).toBe('InvalidParameter.OverTimeError');
    expect((await lasting(''))['ExpiredTime']).toBe(1_700_000_900);
  });

  it('is for those that the role trusts', async () => {
    service.directory.role = { ...service.directory.role, trust: [`qcs::cam::uin/${OWNER}:uin/${USER_UIN}`] };
    expect(await codeOf(formRequest(assuming))).toBe('AuthFailure.UnauthorizedOperation');
    expect(await codeOf(formRequest({ ...assuming, ...user }, USER_SECRET))).toBeUndefined();
  });

  it('goes on from a role', async () => {
    const first = await service.ask(formRequest({ ...assuming, ...user, Policy: '' }, USER_SECRET));
    const second = await service.ask(formOf(first, assuming));
    expect(opened(second)?.identity).toMatchObject({ kind: 'role', session: { policy: expect.anything() } });
    service.directory.keys.delete(USER_ID);
    expect(opened(second)).toBeUndefined();
  });

  it('does not lead out of a policy that does not speak of it', async () => {
    const narrowed = await service.ask(formRequest({ ...federation, ...user }, USER_SECRET));
    expect(await codeOf(formOf(narrowed, assuming))).toBe('AuthFailure.UnauthorizedOperation');
    const Policy = '{"version":"2.0","statement":{"effect":"allow","action":"name/sts:AssumeRole","resource":"*"}}';
    const wider = await service.ask(formRequest({ ...federation, ...user, Policy }, USER_SECRET));
    expect(await codeOf(formOf(wider, assuming))).toBeUndefined();
  });

  it.each<[Fields, string]>([
    [{ RoleArn: 'qcs::cam::uin/1:user/x' }, 'InvalidParameter.ParamError'],
    [{ RoleArn: `qcs::cam::uin/${OWNER}:roleName/nobody` }, 'ResourceNotFound.RoleNotFound'],
    [{ RoleSessionName: 'x' }, 'InvalidParameterValue'],
    [{ ExternalId: '?' }, 'InvalidParameterValue'],
    [{ TokenCode: '123456' }, 'InvalidParameter.TempCodeNotAvaliable'],
    [{ Policy: '[]' }, 'InvalidParameter.StrategyInvalid'],
  ])('with %j is %s', async (fields, code) => {
    expect(await codeOf(formRequest({ ...assuming, ...fields }))).toBe(code);
  });

  it('takes what it does not use', async () => {
    const more = { ExternalId: 'id-1', SourceIdentity: 'x', 'Tags.0.Key': 'a', 'Tags.0.Value': 'b' };
    expect(await codeOf(formRequest({ ...assuming, ...more }))).toBeUndefined();
    const { Action: _, ...rest } = assuming;
    const body = JSON.stringify({ ...rest, Tags: [{ Key: 'a', Value: 'b' }], DurationSeconds: 60 });
    expect(await codeOf(wireRequest({ headers: tc3Headers('AssumeRole', body), body }))).toBeUndefined();
  });
});

describe('GetCallerIdentity', () => {
  const who = { Action: 'GetCallerIdentity' };

  it('knows the root, users, roles and federated sessions', async () => {
    expect(await service.ask(formRequest(who))).toMatchObject({
      AccountId: OWNER,
      Arn: `qcs::cam::uin/${OWNER}:uin/${OWNER}`,
      Type: 'CAMUser',
    });
    expect(await service.ask(formRequest({ ...who, ...user }, USER_SECRET))).toMatchObject({ UserId: USER_UIN });
    const role = await service.ask(formRequest({ ...assuming, ...user }, USER_SECRET));
    expect(await service.ask(formOf(role, who))).toMatchObject({
      Type: 'CAMRole',
      PrincipalId: USER_UIN,
      UserId: `${ROLE_ID}:cos-sts-nodejs`,
    });
    const federated = await service.ask(formRequest(federation));
    expect(await service.ask(formOf(federated, who))).toMatchObject({ Type: 'FederatedUser', PrincipalId: OWNER });
  });
});

describe('a call', () => {
  it.each<[string, Fields, string]>([
    ['another key', { SecretId: USER_ID }, 'AuthFailure.SignatureFailure'],
    ['an unknown key', { SecretId: 'AKIDnobody' }, 'AuthFailure.SecretIdNotFound'],
    ['no key at all', { SecretId: 'a key!' }, 'AuthFailure.InvalidSecretId'],
    ['an unknown key and a token', { SecretId: 'AKIDnobody', Token: 'x' }, 'AuthFailure.TokenFailure'],
    ['a wrong signature', { Signature: 'AAAA' }, 'AuthFailure.SignatureFailure'],
    ['an old time', { Timestamp: '1699999699' }, 'AuthFailure.SignatureExpire'],
    ['a time to come', { Timestamp: '1700000301' }, 'AuthFailure.SignatureExpire'],
    ['the oldest time', { Timestamp: '1699999700' }, ''],
    ['the latest time', { Timestamp: '1700000300' }, ''],
    ['another version', { Version: '2017-03-12' }, 'NoSuchVersion'],
    ['no version', { Version: '' }, 'MissingParameter'],
    ['another action', { Action: 'QueryApiKey' }, 'InvalidAction'],
    ['no action', { Action: '' }, 'MissingParameter'],
  ])('with %s', async (_, fields, code) => {
    expect((await codeOf(formRequest({ ...federation, ...fields }))) ?? '').toBe(code);
  });

  it('with a disabled key', async () => {
    service.directory.keys.get(ROOT_ID)!.enabled = false;
    expect(await codeOf(formRequest(federation))).toBe('AuthFailure.SecretIdNotFound');
  });

  it('with a temporary key, until that expires', async () => {
    const role = await service.ask(formRequest({ ...assuming, Policy: '', DurationSeconds: '60' }));
    service.clock.advance(59_999);
    expect(await codeOf(formOf(role, assuming))).toBeUndefined();
    service.clock.advance(1);
    expect(await codeOf(formOf(role, assuming))).toBe('AuthFailure.TokenFailure');
    const tokenless = { ...assuming, SecretId: role.Credentials?.TmpSecretId ?? '' };
    expect(await codeOf(formRequest(tokenless, role.Credentials?.TmpSecretKey))).toBe('AuthFailure.SecretIdNotFound');
  });

  it('with TC3 that does not fit', async () => {
    const body = JSON.stringify({ Name: 'demo', Policy: POLICY });
    const ask = (headers: string[], sent = body) => codeOf(wireRequest({ headers, body: sent }));
    const headers = (given = {}) => tc3Headers('GetFederationToken', body, given);
    expect(await ask(headers())).toBeUndefined();
    expect(await ask(headers(), `${body} `)).toBe('AuthFailure.SignatureFailure');
    expect(await ask(headers({ timestamp: 1_699_999_000 }))).toBe('AuthFailure.SignatureExpire');
    expect(await ask(headers({ secretId: 'AKIDnobody', token: 'x' }))).toBe('AuthFailure.TokenFailure');
    expect(await ask(headers().map((text) => text.replace('/sts/', '/cvm/')))).toBe('AuthFailure.InvalidAuthorization');
    expect(await ask(headers().map((text) => text.replace('Signature=', '')))).toBe('AuthFailure.InvalidAuthorization');
    expect(await ask(headers().map((text) => text.replace('X-TC-Action', 'X-Other')))).toBe('MissingParameter');
    expect(await ask(tc3Headers('GetFederationToken', '[]'), '[]')).toBe('InvalidRequest');
    expect(await ask(tc3Headers('GetFederationToken', '{'), '{')).toBe('InvalidRequest');
  });

  it('in a form the service does not have', async () => {
    expect(await codeOf(wireRequest({ method: 'PUT' }))).toBe('UnsupportedProtocol');
    expect(await codeOf(wireRequest({ target: '/v2/index.php' }))).toBe('InvalidRequest');
    expect(await codeOf(wireRequest({ body: '{}' }))).toBe('InvalidRequest');
    expect(await codeOf(wireRequest({ headers: ['Authorization', 'q-sign-algorithm=sha1'] }))).toBe(
      'AuthFailure.InvalidAuthorization',
    );
    const form = (body: string) => codeOf(wireRequest({ headers: ['Content-Type', FORM], body }));
    expect(await form('Action=a&Action=b')).toBe('InvalidParameter');
    expect(await form('Action=%zz')).toBe('InvalidParameter');
    expect(await form(Array.from({ length: 300 }, (_, i) => `a${i}=1`).join('&'))).toBe('InvalidParameter');
    expect(await form('a'.repeat(300_000))).toBe('RequestSizeLimitExceeded');
  });

  it('of which there are too many in a second', async () => {
    const codes = [];
    for (let i = 0; i < 601; i++) codes.push(await codeOf(formRequest({ Action: 'GetCallerIdentity' })));
    expect(codes.indexOf('RequestLimitExceeded')).toBe(600);
    service.clock.advance(1_000);
    expect(await codeOf(formRequest({ Action: 'GetCallerIdentity' }))).toBeUndefined();
  });

  it('that fails for reasons of our own tells us, not the client', async () => {
    service.directory.find = () => {
      throw new Error('a secret');
    };
    const { Error: error } = await service.ask(formRequest(federation));
    expect(error).toEqual({ Code: 'InternalError', Message: 'An internal error has occurred.' });
    expect(service.failures).toHaveLength(1);
  });

  it('in maintenance', async () => {
    const { dialect, directory, tokens, clock } = service;
    const closed = new StsDialect({ directory, tokens, clock, maintenance: true, onInternalError: () => undefined });
    const [open, shut] = await Promise.all([dialect, closed].map((one) => one.handle(formRequest(federation))));
    expect(String(open?.body)).toContain('Credentials');
    expect(String(shut?.body)).toContain('"Code":"InternalError","Message":"The server is in maintenance.');
  });

  it('when one address signs wrongly too often', async () => {
    const { directory, tokens, clock } = service;
    const failedSignatures = new FailedSignatures({ failures: 2 });
    const bounded = new StsDialect({ directory, tokens, clock, failedSignatures, onInternalError: () => undefined });
    const from = async (remoteAddress: string, fields: Fields) => {
      const { body } = await bounded.handle({ ...formRequest(fields), remoteAddress });
      return /"Code":"([^"]*)"/.exec(String(body))?.[1];
    };
    const [wrong, unknown] = [
      { ...federation, Signature: 'AAAA' },
      { ...federation, SecretId: 'AKIDnobody' },
    ];
    expect(await from('192.0.2.7', wrong)).toBe('AuthFailure.SignatureFailure');
    expect(await from('192.0.2.7', unknown)).toBe('AuthFailure.SecretIdNotFound');
    expect(await from('192.0.2.7', wrong)).toBe('RequestLimitExceeded');
    expect(await from('192.0.2.7', federation)).toBeUndefined();
    expect(await from('192.0.2.8', wrong)).toBe('AuthFailure.SignatureFailure');
  });

  it('with TC3 in a GET', async () => {
    const target = `/?Name=demo&Policy=${encodeURIComponent(encodeURIComponent(POLICY))}`;
    const headers = tc3Headers('GetFederationToken', '', { type: FORM, method: 'GET', query: target.slice(2) });
    expect(await codeOf(wireRequest({ method: 'GET', target, headers }))).toBeUndefined();
    expect(await codeOf(wireRequest({ method: 'GET', target: `${target}1`, headers }))).toBe(
      'AuthFailure.SignatureFailure',
    );
  });

  it('leaves a note without secrets', async () => {
    const request = formRequest(federation);
    await service.ask(request);
    const identity = { ...service.directory.identities.get(OWNER), secretId: ROOT_ID };
    expect(request.note).toEqual({ operation: 'sts:GetFederationToken', secretId: ROOT_ID, identity });
    const refused = formRequest({ ...federation, Signature: 'AAAA' });
    await service.ask(refused);
    const code = 'AuthFailure.SignatureFailure';
    expect(refused.note).toEqual({ operation: 'sts:GetFederationToken', secretId: ROOT_ID, code });
  });
});

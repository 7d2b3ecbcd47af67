/** ACLs, ownership and public access by the SDK of AWS. Source: spec/s3.md §7, §9, §11. */
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteBucketOwnershipControlsCommand,
  DeletePublicAccessBlockCommand,
  GetBucketAclCommand,
  GetBucketAnalyticsConfigurationCommand,
  GetBucketMetricsConfigurationCommand,
  GetBucketNotificationConfigurationCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketPolicyStatusCommand,
  GetBucketRequestPaymentCommand,
  GetObjectAclCommand,
  GetPublicAccessBlockCommand,
  type Grant,
  ListBucketAnalyticsConfigurationsCommand,
  ListBucketMetricsConfigurationsCommand,
  PutBucketAclCommand,
  PutBucketNotificationConfigurationCommand,
  PutBucketOwnershipControlsCommand,
  PutBucketPolicyCommand,
  PutBucketRequestPaymentCommand,
  PutObjectAclCommand,
  PutObjectCommand,
  PutPublicAccessBlockCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failure, s3Client } from '../../support/s3-client.ts';
import { APPID, type ServerProcess, startServerProcess } from '../../support/server-process.ts';

const ALL = 'http://acs.amazonaws.com/groups/global/AllUsers';
const SIGNED = 'http://acs.amazonaws.com/groups/global/AuthenticatedUsers';
const OTHER = 'qcs::cam::uin/100000000777:uin/100000000777';
let server: ServerProcess;
let s3: S3Client;
let made = 0;

beforeAll(async () => {
  server = await startServerProcess();
  s3 = s3Client(server);
});
afterAll(async () => {
  s3.destroy();
  await server.remove();
});

async function bucket(more: Partial<ConstructorParameters<typeof CreateBucketCommand>[0]> = {}): Promise<string> {
  made += 1;
  const Bucket = `access-${made}-${APPID}`;
  await s3.send(new CreateBucketCommand({ Bucket, ...more }));
  return Bucket;
}
const put = (Bucket: string, more = {}) => s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'x', ...more }));
const shown = (grants: Grant[] | undefined) =>
  (grants ?? []).map(({ Grantee, Permission }) => [Grantee?.URI ?? Grantee?.ID, Grantee?.Type, Permission]);
const aclOf = async (Bucket: string) => {
  const { Grants, Owner } = await s3.send(new GetObjectAclCommand({ Bucket, Key: 'a' }));
  return { owner: Owner!.ID!, grants: shown(Grants) };
};
const bucketAclOf = async (Bucket: string) => {
  const { Grants, Owner } = await s3.send(new GetBucketAclCommand({ Bucket }));
  return { owner: Owner!.ID!, name: Owner!.DisplayName, grants: shown(Grants) };
};
const anonymous = async (Bucket: string, path = 'a') =>
  (await fetch(`http://127.0.0.1:${server.port}/${Bucket}/${path}`)).status;
const full = (owner: string) => [owner, 'CanonicalUser', 'FULL_CONTROL'];

describe('the ACL of a bucket', () => {
  it('shows groups by their names in S3, and the owner as in lists', async () => {
    const Bucket = await bucket({ ACL: 'public-read-write' });
    const { owner, name, grants } = await bucketAclOf(Bucket);
    expect(owner).toBe(`qcs::cam::uin/${name}:uin/${name}`);
    expect(grants).toEqual([[ALL, 'Group', 'READ'], [ALL, 'Group', 'WRITE'], full(owner)]);
  });

  it('is the list that was given, be it empty', async () => {
    const Bucket = await bucket();
    const { owner } = await bucketAclOf(Bucket);
    const Owner = { ID: owner };
    const Grants: Grant[] = [
      { Grantee: { Type: 'CanonicalUser', ID: OTHER }, Permission: 'WRITE_ACP' },
      { Grantee: { Type: 'Group', URI: SIGNED }, Permission: 'READ' },
    ];
    await s3.send(new PutBucketAclCommand({ Bucket, AccessControlPolicy: { Owner, Grants } }));
    expect((await bucketAclOf(Bucket)).grants).toEqual([
      [SIGNED, 'Group', 'READ'],
      [OTHER, 'CanonicalUser', 'WRITE_ACP'],
    ]);
    await s3.send(new PutBucketAclCommand({ Bucket, AccessControlPolicy: { Owner, Grants: [] } }));
    expect((await bucketAclOf(Bucket)).grants).toEqual([]);
    await s3.send(new PutBucketAclCommand({ Bucket, ACL: 'private' }));
    expect((await bucketAclOf(Bucket)).grants).toEqual([full(owner)]);
  });

  it.each([
    ['an unknown account', { Type: 'CanonicalUser', ID: '_foo' }, 400, 'InvalidArgument'],
    [
      'an e-mail address',
      { Type: 'AmazonCustomerByEmail', EmailAddress: 'a@b.c' },
      400,
      'UnresolvableGrantByEmailAddress',
    ],
    ['another group', { Type: 'Group', URI: 'http://acs.amazonaws.com/groups/s3/LogDelivery' }, 400, 'InvalidArgument'],
  ] as const)('cannot name %s', async (_, Grantee, status, code) => {
    const Bucket = await bucket();
    const { owner } = await bucketAclOf(Bucket);
    const AccessControlPolicy = { Owner: { ID: owner }, Grants: [{ Grantee, Permission: 'READ' as const }] };
    expect(await failure(s3.send(new PutBucketAclCommand({ Bucket, AccessControlPolicy })))).toEqual({ status, code });
  });

  it('cannot have another owner', async () => {
    const Bucket = await bucket();
    const AccessControlPolicy = { Owner: { ID: OTHER }, Grants: [] };
    const denied = { status: 403, code: 'AccessDenied' };
    expect(await failure(s3.send(new PutBucketAclCommand({ Bucket, AccessControlPolicy })))).toEqual(denied);
  });
});

describe('the ACL of an object', () => {
  it('is its own: that of the bucket does not count unless it is asked for', async () => {
    const Bucket = await bucket({ ACL: 'public-read' });
    await put(Bucket);
    const { owner, grants } = await aclOf(Bucket);
    expect(grants).toEqual([full(owner)]);
    expect([await anonymous(Bucket), await anonymous(Bucket, '')]).toEqual([403, 200]);
    await put(Bucket, { ACL: 'default' });
    expect((await aclOf(Bucket)).grants).toEqual([[ALL, 'Group', 'READ'], full(owner)]);
    expect(await anonymous(Bucket)).toBe(200);
  });

  it.each([
    ['private', []],
    ['public-read', [[ALL, 'Group', 'READ']]],
    [
      'public-read-write',
      [
        [ALL, 'Group', 'READ'],
        [ALL, 'Group', 'WRITE'],
      ],
    ],
    ['authenticated-read', [[SIGNED, 'Group', 'READ']]],
    ['bucket-owner-read', []],
    ['bucket-owner-full-control', []],
  ] as const)('may be %s', async (ACL, others) => {
    const Bucket = await bucket();
    await put(Bucket, { ACL });
    const { owner, grants } = await aclOf(Bucket);
    expect(grants).toEqual([...others, full(owner)]);
    await put(Bucket);
    await s3.send(new PutObjectAclCommand({ Bucket, Key: 'a', ACL }));
    expect((await aclOf(Bucket)).grants).toEqual([...others, full(owner)]);
  });

  it('is the list that was given', async () => {
    const Bucket = await bucket();
    await put(Bucket, { GrantRead: `id="${OTHER}", uri="${ALL}"`, GrantWriteACP: `id=${OTHER}` });
    expect((await aclOf(Bucket)).grants).toEqual([
      [ALL, 'Group', 'READ'],
      [OTHER, 'CanonicalUser', 'READ'],
      [OTHER, 'CanonicalUser', 'WRITE_ACP'],
    ]);
    const { owner } = await aclOf(Bucket);
    const Grants = [{ Grantee: { Type: 'CanonicalUser', ID: owner }, Permission: 'READ_ACP' }] as Grant[];
    const AccessControlPolicy = { Owner: { ID: owner }, Grants };
    await s3.send(new PutObjectAclCommand({ Bucket, Key: 'a', AccessControlPolicy }));
    expect((await aclOf(Bucket)).grants).toEqual([[owner, 'CanonicalUser', 'READ_ACP']]);
    expect(await failure(put(Bucket, { ACL: 'private', GrantRead: `id=${OTHER}` }))).toMatchObject({ status: 400 });
    const email = put(Bucket, { GrantRead: 'emailAddress="a@b.c"' });
    expect(await failure(email)).toEqual({ status: 400, code: 'UnresolvableGrantByEmailAddress' });
  });

  it('with a permission that is none is malformed', async () => {
    const Bucket = await bucket();
    await put(Bucket);
    const { owner } = await aclOf(Bucket);
    const Grants = [{ Grantee: { Type: 'CanonicalUser', ID: owner }, Permission: 'OWN' }] as unknown as Grant[];
    const call = s3.send(
      new PutObjectAclCommand({ Bucket, Key: 'a', AccessControlPolicy: { Owner: { ID: owner }, Grants } }),
    );
    expect(await failure(call)).toEqual({ status: 400, code: 'MalformedACLError' });
  });
});

describe('ownership controls', () => {
  const set = (Bucket: string, ObjectOwnership: 'BucketOwnerEnforced' | 'BucketOwnerPreferred' | 'ObjectWriter') =>
    s3.send(new PutBucketOwnershipControlsCommand({ Bucket, OwnershipControls: { Rules: [{ ObjectOwnership }] } }));
  const get = async (Bucket: string) =>
    (await s3.send(new GetBucketOwnershipControlsCommand({ Bucket }))).OwnershipControls?.Rules?.[0]?.ObjectOwnership;

  it('come with a bucket or later, and go', async () => {
    const Bucket = await bucket({ ObjectOwnership: 'ObjectWriter' });
    expect(await get(Bucket)).toBe('ObjectWriter');
    await set(Bucket, 'BucketOwnerPreferred');
    expect(await get(Bucket)).toBe('BucketOwnerPreferred');
    for (let i = 0; i < 2; i++) await s3.send(new DeleteBucketOwnershipControlsCommand({ Bucket }));
    expect(await failure(get(Bucket))).toEqual({ status: 404, code: 'OwnershipControlsNotFoundError' });
  });

  it('switch ACLs off: those that are there grant nothing, and none can be set', async () => {
    const Bucket = await bucket();
    await put(Bucket, { ACL: 'public-read' });
    expect(await anonymous(Bucket)).toBe(200);
    await set(Bucket, 'BucketOwnerEnforced');
    expect(await anonymous(Bucket)).toBe(403);
    const off = { status: 400, code: 'AccessControlListNotSupported' };
    for (const ACL of ['private', 'public-read', 'bucket-owner-read']) {
      expect(await failure(put(Bucket, { ACL }))).toEqual(off);
    }
    expect(await failure(put(Bucket, { GrantRead: `id=${OTHER}` }))).toEqual(off);
    expect(await failure(s3.send(new PutObjectAclCommand({ Bucket, Key: 'a', ACL: 'private' })))).toEqual(off);
    expect(await failure(s3.send(new PutBucketAclCommand({ Bucket, ACL: 'private' })))).toEqual(off);
    await put(Bucket, { ACL: 'bucket-owner-full-control' });
    await put(Bucket);
  });

  it('cannot switch them off where others have rights', async () => {
    const Bucket = await bucket({ ACL: 'public-read' });
    const refused = { status: 400, code: 'InvalidBucketAclWithObjectOwnership' };
    expect(await failure(set(Bucket, 'BucketOwnerEnforced'))).toEqual(refused);
    expect(await failure(bucket({ ACL: 'public-read', ObjectOwnership: 'BucketOwnerEnforced' }))).toEqual(refused);
  });
});

describe('the public access block', () => {
  const NONE = {
    BlockPublicAcls: false,
    IgnorePublicAcls: false,
    BlockPublicPolicy: false,
    RestrictPublicBuckets: false,
  };
  const block = (Bucket: string, given: Partial<typeof NONE>) => {
    const PublicAccessBlockConfiguration = { ...NONE, ...given };
    return s3.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration }));
  };
  const denied = { status: 403, code: 'AccessDenied' };

  it('is kept and goes', async () => {
    const Bucket = await bucket();
    await block(Bucket, { BlockPublicAcls: true, RestrictPublicBuckets: true });
    const { PublicAccessBlockConfiguration: kept } = await s3.send(new GetPublicAccessBlockCommand({ Bucket }));
    expect(kept).toEqual({ ...NONE, BlockPublicAcls: true, RestrictPublicBuckets: true });
    for (let i = 0; i < 2; i++) await s3.send(new DeletePublicAccessBlockCommand({ Bucket }));
    const missing = { status: 404, code: 'NoSuchPublicAccessBlockConfiguration' };
    expect(await failure(s3.send(new GetPublicAccessBlockCommand({ Bucket })))).toEqual(missing);
  });

  it('refuses public ACLs', async () => {
    const Bucket = await bucket();
    await block(Bucket, { BlockPublicAcls: true });
    for (const ACL of ['public-read', 'public-read-write', 'authenticated-read'] as const) {
      expect(await failure(put(Bucket, { ACL }))).toEqual(denied);
      expect(await failure(s3.send(new PutBucketAclCommand({ Bucket, ACL })))).toEqual(denied);
    }
    expect(await failure(put(Bucket, { GrantRead: `uri="${ALL}"` }))).toEqual(denied);
    await put(Bucket, { ACL: 'private' });
    await put(Bucket, { GrantRead: `id=${OTHER}` });
  });

  it('ignores those that are there', async () => {
    const Bucket = await bucket({ ACL: 'public-read' });
    await put(Bucket, { ACL: 'public-read' });
    expect([await anonymous(Bucket), await anonymous(Bucket, '')]).toEqual([200, 200]);
    await block(Bucket, { IgnorePublicAcls: true });
    expect([await anonymous(Bucket), await anonymous(Bucket, '')]).toEqual([403, 403]);
    await block(Bucket, {});
    expect([await anonymous(Bucket), await anonymous(Bucket, '')]).toEqual([200, 200]);
  });
});

describe('a public policy', () => {
  const NONE = {
    BlockPublicAcls: false,
    IgnorePublicAcls: false,
    BlockPublicPolicy: false,
    RestrictPublicBuckets: false,
  };
  const block = (Bucket: string, given: Partial<typeof NONE>) =>
    s3.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration: { ...NONE, ...given } }));
  const allow = (Bucket: string, Principal: unknown) => {
    const statement = { Effect: 'Allow', Principal, Action: 's3:GetObject', Resource: `arn:aws:s3:::${Bucket}/*` };
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
    return s3.send(new PutBucketPolicyCommand({ Bucket, Policy }));
  };
  const isPublic = async (Bucket: string) =>
    (await s3.send(new GetBucketPolicyStatusCommand({ Bucket }))).PolicyStatus?.IsPublic;

  it('is told of, and held to the account of the owner', async () => {
    const Bucket = await bucket();
    await put(Bucket);
    expect([await isPublic(Bucket), await anonymous(Bucket)]).toEqual([false, 403]);
    await allow(Bucket, '*');
    expect([await isPublic(Bucket), await anonymous(Bucket)]).toEqual([true, 200]);
    await block(Bucket, { RestrictPublicBuckets: true });
    expect(await anonymous(Bucket)).toBe(403);
    await put(Bucket);
  });

  it('is refused, one for an account is not', async () => {
    const Bucket = await bucket();
    await block(Bucket, { BlockPublicPolicy: true });
    expect(await failure(allow(Bucket, '*'))).toEqual({ status: 403, code: 'AccessDenied' });
    await allow(Bucket, { AWS: 'arn:aws:iam::100000000777:root' });
    expect(await isPublic(Bucket)).toBe(false);
  });

  it('is not all that makes a bucket public', async () => {
    expect(await isPublic(await bucket({ ACL: 'authenticated-read' }))).toBe(true);
  });
});

describe('what this server does not offer', () => {
  it('is not there', async () => {
    const Bucket = await bucket();
    expect((await s3.send(new GetBucketRequestPaymentCommand({ Bucket }))).Payer).toBe('BucketOwner');
    const { $metadata: _, ...notification } = await s3.send(new GetBucketNotificationConfigurationCommand({ Bucket }));
    expect(notification).toEqual({});
    const analytics = await s3.send(new ListBucketAnalyticsConfigurationsCommand({ Bucket }));
    expect(analytics).toMatchObject({ IsTruncated: false });
    expect(await s3.send(new ListBucketMetricsConfigurationsCommand({ Bucket }))).toMatchObject({ IsTruncated: false });
    const absent = { status: 404, code: 'NoSuchConfiguration' };
    expect(await failure(s3.send(new GetBucketAnalyticsConfigurationCommand({ Bucket, Id: 'a' })))).toEqual(absent);
    expect(await failure(s3.send(new GetBucketMetricsConfigurationCommand({ Bucket, Id: 'a' })))).toEqual(absent);
  });

  it('may be asked for as long as nothing is asked', async () => {
    const Bucket = await bucket();
    const payer = (Payer: 'BucketOwner' | 'Requester') =>
      s3.send(new PutBucketRequestPaymentCommand({ Bucket, RequestPaymentConfiguration: { Payer } }));
    await payer('BucketOwner');
    expect(await failure(payer('Requester'))).toEqual({ status: 501, code: 'NotImplemented' });
    const notify = (NotificationConfiguration: object) =>
      s3.send(new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration }));
    await notify({});
    const TopicConfigurations = [{ TopicArn: 'arn:aws:sns:::a', Events: ['s3:ObjectCreated:*'] }];
    expect(await failure(notify({ TopicConfigurations }))).toEqual({ status: 501, code: 'NotImplemented' });
    await s3.send(new DeleteBucketCommand({ Bucket }));
  });
});

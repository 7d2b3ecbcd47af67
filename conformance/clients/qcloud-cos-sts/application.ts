/** qcloud-cos-sts as the server of an application uses it, and cos-nodejs-sdk-v5 as those that it gives keys to. */
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import COS from 'cos-nodejs-sdk-v5';
import {
  CONTENT,
  type Context,
  contextFromEnvironment,
  failure,
  on,
  put,
  type Sdk,
  type Steps,
} from '../javascript/context.ts';
import { drive } from '../javascript/drive.ts';

interface Credential {
  readonly credentials: { readonly tmpSecretId: string; readonly tmpSecretKey: string; readonly sessionToken: string };
  readonly startTime: number;
  readonly expiredTime: number;
}

interface Sts {
  getPolicy(scope: readonly object[]): object;
  getCredential(options: object): Promise<Credential>;
  getRoleCredential(options: object): Promise<Credential>;
}

const MIB = 1_048_576;
const given = (name: string): string => process.env[`CONFORMANCE_${name}`] ?? '';
const packages = createRequire(join(given('INSTALLED'), 'package.json'));
const sts = packages('qcloud-cos-sts') as Sts;
const keys = { secretId: given('SECRET_ID'), secretKey: given('SECRET_KEY') };
const ACTIONS = [
  'PutObject',
  'GetObject',
  'InitiateMultipartUpload',
  'ListMultipartUploads',
  'ListParts',
  'UploadPart',
  'CompleteMultipartUpload',
].map((name) => `name/cos:${name}`);

/** What the keys may do: below the folder of the case. */
function policyFor({ bucket, region }: Context, id: string): object {
  return sts.getPolicy([{ action: ACTIONS, bucket, region, prefix: `${id}/*` }]);
}

function ask(context: Context, id: string, more: object = {}): Promise<Credential> {
  return sts.getCredential({ ...keys, durationSeconds: 1_800, policy: policyFor(context, id), ...more });
}

function sdkWith({ credentials }: Credential, SecurityToken = credentials.sessionToken): Sdk {
  const { tmpSecretId: SecretId, tmpSecretKey: SecretKey } = credentials;
  return new COS({ SecretId, SecretKey, SecurityToken }) as unknown as Sdk;
}

async function refusal(call: Promise<Credential>): Promise<{ code: string }> {
  const outcome = await call.then(
    () => undefined,
    (error: { Code?: string; message?: string }) => error,
  );
  return { code: outcome?.Code ?? outcome?.message ?? 'none' };
}

const STEPS: Steps = {
  'sts-federation': async (context, id) => {
    const { credentials, startTime, expiredTime } = await ask(context, id);
    const { tmpSecretId, sessionToken } = credentials;
    return {
      idBegins: tmpSecretId.slice(0, 4),
      tokenFits: /^[\w-]{1,4096}$/.test(sessionToken),
      lastsS: expiredTime - startTime,
    };
  },
  'sts-policy': async (context, id) => {
    const sdk = sdkWith(await ask(context, id));
    const inside = await sdk.putObject!(on(context, `${id}/file`, { Body: CONTENT }));
    const outside = await failure(sdk.putObject!(on(context, `other-${id}`, { Body: CONTENT })));
    return { inside: inside.statusCode, outside };
  },
  'sts-large': async (context, id) => {
    const path = join(context.scratch, id);
    writeFileSync(path, Buffer.alloc(2 * MIB + 1));
    const sdk = sdkWith(await ask(context, id));
    const upload = { FilePath: path, SliceSize: MIB, ChunkSize: MIB };
    const { statusCode, ETag } = await sdk.uploadFile!(on(context, `${id}/file`, upload));
    return { status: statusCode, etagSuffix: String(ETag).replaceAll('"', '').slice(-2) };
  },
  'sts-presigned': async (context, id) => {
    await put(context, `${id}/file`);
    const sdk = sdkWith(await ask(context, id));
    const url: unknown = sdk.getObjectUrl!(on(context, `${id}/file`, { Sign: true }));
    const axios = packages('axios') as { get(url: string, options: object): Promise<{ data: string }> };
    return { body: (await axios.get(String(url), { transformResponse: (text: string) => text })).data };
  },
  'sts-no-token': async (context, id) => {
    const sdk = sdkWith(await ask(context, id), '');
    return failure(sdk.putObject!(on(context, `${id}/file`, { Body: CONTENT })));
  },
  'sts-too-long': (context, id) => refusal(ask(context, id, { durationSeconds: 7_201 })),
  'sts-wrong-secret': (context, id) => refusal(ask(context, id, { secretKey: 'x'.repeat(32) })),
  'sts-unknown-id': (context, id) => refusal(ask(context, id, { secretId: `AKID${'x'.repeat(32)}` })),
  'sts-no-role': () => refusal(sts.getRoleCredential({ ...keys })),
  'sts-unknown-role': () => {
    const roleArn = 'qcs::cam::uin/100000000001:roleName/nobody';
    return refusal(sts.getRoleCredential({ ...keys, roleArn }));
  },
};

const make = (SecretId: string, SecretKey: string) => new COS({ SecretId, SecretKey }) as unknown as Sdk;
await drive(contextFromEnvironment(make), STEPS, {});

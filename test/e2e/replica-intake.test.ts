/** Who may leave replicas, and what is refused: `/_cosette/replica/v1/` (src/server/replica-intake.ts). */
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { REPLICA_HEADER, writeReplicaHeader } from '../../src/cos/replication/replica-header.ts';
import { authorization } from '../../src/cos/signature/sign.ts';
import type { ReplicaMeta } from '../../src/features/replication/replica.ts';
import { makeBucket, put } from '../support/buckets.ts';
import type { Send } from '../support/http.ts';
import { allVersions } from '../support/replication.ts';
import {
  APPID,
  REGION,
  SECRET_ID,
  SECRET_KEY,
  type ServerProcess,
  startServerProcess,
} from '../support/server-process.ts';

let server: ServerProcess;
let send: Send;
beforeAll(async () => {
  server = await startServerProcess({ flags: ['--replication-accept', 'true'] });
  send = await makeBucket(server, 'taker', { versioning: 'Enabled' });
  await makeBucket(server, 'plain');
});
afterAll(() => server.remove());

const meta = (more: Partial<ReplicaMeta> = {}): ReplicaMeta => ({
  stamp: 1_700_000_000_000_000,
  marker: false,
  modifiedMs: 1_600_000_000_000,
  size: 5,
  etag: '5d41402abc4b2a76b9719d911017c592',
  crc64: undefined,
  attributes: { headers: { contentType: 'text/plain' }, userMeta: [], storageClass: 'STANDARD', acl: 'default' },
  ...more,
});

interface Asked {
  readonly method?: string;
  readonly path?: string;
  readonly host?: string;
  readonly key?: string;
  readonly header?: string | undefined;
  /** Default: the header of the replica. */
  readonly signed?: readonly string[];
  readonly body?: string;
  readonly port?: number;
}

const PATH = `/_cosette/replica/v1/${REGION}/taker-${APPID}/k`;

function ask(asked: Asked): Promise<{ status: number; code: string; text: string }> {
  const { method = 'PUT', path = PATH, host = `127.0.0.1:${server.port}`, key = SECRET_KEY, body = 'hello' } = asked;
  const header = 'header' in asked ? asked.header : writeReplicaHeader(meta());
  const signed = (asked.signed ?? [REPLICA_HEADER]).map((name) => [name, header ?? ''] as const);
  const from = Math.floor(Date.now() / 1_000) - 5;
  const signature = authorization({
    secretId: SECRET_ID,
    secretKey: key,
    method,
    path,
    headers: [['host', host], ...signed],
    from,
    to: from + 300,
  });
  const headers = {
    Host: host,
    ...(key === '' ? {} : { Authorization: signature }),
    ...(header === undefined ? {} : { [REPLICA_HEADER]: header }),
    'Content-Length': Buffer.byteLength(body),
  };
  return new Promise((resolve, reject) => {
    const call = request(
      { host: '127.0.0.1', port: asked.port ?? server.port, method, path, headers, agent: false },
      (answer) => {
        let text = '';
        answer.setEncoding('utf8');
        answer.on('data', (chunk: string) => {
          text += chunk;
        });
        answer.on('end', () => {
          const code = /"code":"(\w+)"|<Code>(\w+)</.exec(text) ?? [];
          resolve({ status: answer.statusCode ?? 0, code: code[1] ?? code[2] ?? '', text });
        });
      },
    );
    call.on('error', reject);
    call.end(body);
  });
}
const said = async (asked: Asked) => {
  const { status, code } = await ask(asked);
  return [status, code];
};

describe('the intake of replicas', () => {
  it('takes a version under its id and time, once', async () => {
    expect(await said({})).toEqual([204, '']);
    expect(await said({})).toEqual([204, '']);
    const [only, ...more] = await allVersions(send);
    expect(more).toEqual([]);
    expect(only?.modified).toBe('2020-09-13T12:26:40.000Z');
    const { headers, text } = await send({ method: 'GET', key: 'k', query: { versionId: only?.id ?? '' } });
    expect([text, headers['x-cos-replication-status'], headers['content-type']]).toEqual([
      'hello',
      'REPLICA',
      'text/plain',
    ]);
  });

  it('tells what a bucket is like', async () => {
    const bucket = (name: string, region = REGION) => `/_cosette/replica/v1/${region}/${name}-${APPID}/`;
    const look = (path: string) => ask({ method: 'GET', path, header: undefined, signed: [], body: '' });
    expect(JSON.parse((await look(bucket('taker'))).text)).toEqual({ versioning: 'enabled' });
    expect(JSON.parse((await look(bucket('plain'))).text)).toEqual({ versioning: 'unset' });
    expect((await look(bucket('nobodys'))).code).toBe('NoSuchBucket');
    expect((await look(bucket('taker', 'ap-beijing'))).code).toBe('NoSuchBucket');
  });

  it('wants the signature of the owner over the header', async () => {
    expect(await said({ key: '' })).toEqual([403, 'AccessDenied']);
    expect(await said({ key: 'wrong' })).toEqual([403, 'SignatureDoesNotMatch']);
    expect(await said({ signed: [] })).toEqual([403, 'AccessDenied']);
    expect(await said({ header: undefined, signed: [] })).toEqual([403, 'AccessDenied']);
  });

  it('refuses what is not as it was announced', async () => {
    expect(await said({ header: 'e30' })).toEqual([400, 'InvalidArgument']);
    const header = writeReplicaHeader(meta({ stamp: 5 }));
    expect(await said({ header, body: 'hello and more' })).toEqual([400, 'BadDigest']);
    const wrong = writeReplicaHeader(meta({ stamp: 6, crc64: Buffer.alloc(8) }));
    expect(await said({ header: wrong })).toEqual([400, 'BadDigest']);
    expect(await allVersions(send)).toHaveLength(1);
  });

  it('refuses ids that are taken, buckets without versions, and other pages', async () => {
    const { headers } = await put(send, 'own', 'x');
    const id = Buffer.from(String(headers['x-cos-version-id']), 'base64').toString();
    const stamp = Number(2n ** 64n - BigInt(id));
    const path = PATH.replace(/k$/, 'own');
    expect(await said({ path, header: writeReplicaHeader(meta({ stamp })) })).toEqual([409, 'FileAlreadyExists']);
    expect(await said({ path: PATH.replace('taker', 'plain') })).toEqual([409, 'InvalidBucketState']);
    expect(await said({ method: 'POST' })).toEqual([405, 'MethodNotAllowed']);
    expect(await said({ path: '/_cosette/replica/v1/' })).toEqual([404, 'NotFound']);
    expect(await said({ path: PATH.replace(/k$/, 'k'.repeat(851)) })).toEqual([400, 'KeyTooLong']);
  });

  it('is on hosts that name no bucket alone', async () => {
    const host = `taker-${APPID}.cos.${REGION}.myqcloud.com`;
    expect((await ask({ host })).status).toBe(200);
    expect((await allVersions(send)).map(({ key }) => key)).toContain(PATH.slice(1));
  });

  it('is off unless the operator wants it', async () => {
    const other = await startServerProcess();
    try {
      const { port } = other;
      const asked = { port, host: `127.0.0.1:${port}` };
      expect((await ask(asked)).status).toBe(405);
      expect((await ask({ ...asked, method: 'GET', body: '' })).status).toBe(404);
    } finally {
      await other.remove();
    }
  });
});

/** What the SDK of AWS for JavaScript signs, is taken. */
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { describe, expect, it } from 'vitest';
import { bodyOf } from '../body/body-of.ts';
import { addressFor, bodyFrom, check, PUBLISHED, wireOf } from './fixture.ts';

const KEYS = ['a.txt', 'folder/a b+c&d=e?f#g.txt', "你好/!'()*~@:,;$.txt", 'a//b/./../c/', '%2F%', ' '];

interface HttpRequest {
  readonly method: string;
  readonly hostname: string;
  readonly port?: number;
  readonly path: string;
  readonly query: Readonly<Record<string, string | string[] | null>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

let seen: HttpRequest | undefined;

function client(forcePathStyle: boolean): S3Client {
  return new S3Client({
    region: 'ap-guangzhou',
    endpoint: 'http://cos.ap-guangzhou.example:9000',
    credentials: { accessKeyId: PUBLISHED.secretId, secretAccessKey: PUBLISHED.secretKey },
    forcePathStyle,
    requestHandler: {
      async handle(request: HttpRequest) {
        seen = request;
        throw new Error('not sent');
      },
    } as never,
    maxAttempts: 1,
  });
}

function received({ method, hostname, port, path, query, headers, body }: HttpRequest) {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    [value].flat().map((one) => `${encodeURIComponent(name)}${one === null ? '' : `=${encodeURIComponent(one)}`}`),
  );
  const host = port === undefined ? hostname : `${hostname}:${port}`;
  const rest = Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'host');
  return wireOf({
    ...{ method, host, headers: rest },
    target: pairs.length === 0 ? path : `${path}?${pairs.join('&')}`,
    ...(Buffer.isBuffer(body) ? { body: bodyFrom([body]) } : {}),
  });
}

describe.each([true, false])('with the bucket in the path: %s', (forcePathStyle) => {
  const style = forcePathStyle ? 'path' : 'host';

  it.each(KEYS)('%s', async (Key) => {
    const s3 = client(forcePathStyle);
    const Body = Buffer.from('content');
    const put = new PutObjectCommand({ Bucket: 'demo', Key, Body, Metadata: { a: 'b  c' }, Tagging: 'a=b' });
    await s3.send(put).catch(() => undefined);
    const wire = received(seen!);
    const options = { nowMs: Date.now(), address: addressFor(wire, 'demo', style) };
    const { identity, payload } = check(wire, options);
    expect(identity).toMatchObject({ secretId: PUBLISHED.secretId });
    expect(options.address.key).toBe(Key);
    expect((await bodyOf(wire, payload).readAll(100)).toString()).toBe('content');

    for (const command of [
      new GetObjectCommand({ Bucket: 'demo', Key, ResponseContentType: 'text/plain; a=b' }),
      put,
    ]) {
      const url = await getSignedUrl(s3, command, { expiresIn: 60 });
      const [, host = '', target = ''] = /^http:\/\/([^/]*)(.*)$/.exec(url) ?? [];
      const sent = command === put ? { method: 'PUT', headers: [['Content-Length', '7']] as const } : { method: 'GET' };
      const presigned = wireOf({ ...sent, target, host });
      const address = addressFor(presigned, 'demo', style);
      expect(check(presigned, { nowMs: Date.now(), address }).identity).toMatchObject({ secretId: PUBLISHED.secretId });
    }
  });
});

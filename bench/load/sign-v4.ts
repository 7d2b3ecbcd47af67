/** Signature Version 4 in the header, as the bench needs it: one host, no query, three signed headers. */
import { createHash, createHmac } from 'node:crypto';

const REGION = 'us-east-1';

export interface V4Request {
  readonly secretId: string;
  readonly secretKey: string;
  readonly method: string;
  readonly host: string;
  /** Percent-encoded. */
  readonly path: string;
  /** Hex, or `UNSIGNED-PAYLOAD`. */
  readonly payload: string;
  /** ms */
  readonly atMs: number;
}

/** Header lines, each with its line end. */
export function v4Headers({ secretId, secretKey, method, host, path, payload, atMs }: V4Request): string {
  const stamp = new Date(atMs).toISOString().replace(/[-:]|\.\d{3}/g, '');
  const day = stamp.slice(0, 8);
  const signed = 'host;x-amz-content-sha256;x-amz-date';
  const canonical =
    `${method}\n${path}\n\nhost:${host}\nx-amz-content-sha256:${payload}\nx-amz-date:${stamp}\n\n` +
    `${signed}\n${payload}`;
  const scope = `${day}/${REGION}/s3/aws4_request`;
  const text = `AWS4-HMAC-SHA256\n${stamp}\n${scope}\n${createHash('sha256').update(canonical).digest('hex')}`;
  const signature = createHmac('sha256', signingKey(secretKey, day)).update(text).digest('hex');
  return (
    `x-amz-content-sha256: ${payload}\r\nx-amz-date: ${stamp}\r\n` +
    `Authorization: AWS4-HMAC-SHA256 Credential=${secretId}/${scope}, SignedHeaders=${signed}, Signature=${signature}\r\n`
  );
}

const keys = new Map<string, Buffer>();

function signingKey(secretKey: string, day: string): Buffer {
  const name = `${secretKey}/${day}`;
  const known = keys.get(name);
  if (known !== undefined) return known;
  let key = Buffer.from(`AWS4${secretKey}`);
  for (const part of [day, REGION, 's3', 'aws4_request']) key = createHmac('sha256', key).update(part).digest();
  keys.set(name, key);
  return key;
}

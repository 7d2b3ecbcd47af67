/** The SDK of AWS with its own defaults, pointed at a server process. */
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { REGION, SECRET_ID, SECRET_KEY, type ServerProcess } from './server-process.ts';

export function s3Client(server: ServerProcess, more: S3ClientConfig = {}): S3Client {
  return new S3Client({
    endpoint: `http://127.0.0.1:${server.port}`,
    region: REGION,
    forcePathStyle: true,
    credentials: { accessKeyId: SECRET_ID, secretAccessKey: SECRET_KEY },
    ...more,
  });
}

/** What a call fails with. */
export async function failure(call: Promise<unknown>): Promise<{ readonly status: number; readonly code: string }> {
  try {
    await call;
  } catch (error) {
    const { name, $metadata } = error as { name: string; $metadata?: { httpStatusCode?: number } };
    return { status: $metadata?.httpStatusCode ?? 0, code: name };
  }
  throw new Error('the call succeeded');
}

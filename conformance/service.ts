/** The service under test: a server started for the run, a running one, or the real one. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import COS from 'cos-nodejs-sdk-v5';
import { APPID, REGION, SECRET_ID, SECRET_KEY, startServerProcess } from '../test/support/server-process.ts';
import type { Facts } from './client.ts';
import type { Endpoint } from './options.ts';

export interface Service {
  /** Makes the buckets for a client. @returns facts for its driver */
  bucketsFor(client: string): Promise<Facts>;
  /** Removes them with all that is in them. */
  remove(facts: Facts): Promise<void>;
  stop(): Promise<void>;
}

type Connection = Omit<Facts, 'bucket' | 'versionedBucket'>;

export async function openService(endpoint: Endpoint): Promise<Service> {
  if (endpoint.kind !== 'started') return serviceAt(endpoint, async () => {});
  const server = await startServerProcess({ flags: ['--tls-port', '0'] });
  const connection = {
    address: `127.0.0.1:${server.port}`,
    caFile: join(server.folder, 'data', 'tls', 'ca.crt'),
    secretId: SECRET_ID,
    secretKey: SECRET_KEY,
    appid: APPID,
    region: REGION,
  };
  return serviceAt(connection, () => server.remove());
}

function serviceAt(connection: Connection, stop: () => Promise<void>): Service {
  const cos = sdkFor(connection);
  const { region: Region } = connection;
  return {
    async bucketsFor(client) {
      const name = `conf-${client}-${randomBytes(3).toString('hex')}`;
      const bucket = `${name}-${connection.appid}`;
      const versionedBucket = `${name}-v-${connection.appid}`;
      for (const Bucket of [bucket, versionedBucket]) await cos.putBucket({ Bucket, Region });
      const VersioningConfiguration = { Status: 'Enabled' as const };
      await cos.putBucketVersioning({ Bucket: versionedBucket, Region, VersioningConfiguration });
      const { address, caFile, secretId, secretKey, appid, region } = connection;
      return { address, caFile, secretId, secretKey, appid, region, bucket, versionedBucket };
    },
    async remove(facts) {
      for (const Bucket of [facts.bucket, facts.versionedBucket]) {
        await empty(cos, Bucket, Region);
        await cos.deleteBucket({ Bucket, Region });
      }
    },
    stop,
  };
}

function sdkFor({ address, secretId, secretKey }: Connection): COS {
  const local = address === undefined ? {} : { Protocol: 'http:', Ip: address };
  return new COS({ SecretId: secretId, SecretKey: secretKey, ...local } as COS.COSOptions);
}

/** Deletes all versions, and aborts all uploads. Lists again until nothing is left: a page has at most 1,000 entries. */
async function empty(cos: COS, Bucket: string, Region: string): Promise<void> {
  for (;;) {
    const { Upload } = await cos.multipartList({ Bucket, Region, Prefix: '', Delimiter: '' });
    for (const { Key, UploadId } of Upload) await cos.multipartAbort({ Bucket, Region, Key, UploadId });
    if (Upload.length === 0) break;
  }
  for (;;) {
    const page = await cos.listObjectVersions({ Bucket, Region });
    const Objects = [...page.Versions, ...page.DeleteMarkers].map(({ Key, VersionId }) => ({
      Key,
      ...(VersionId === undefined || VersionId === '' ? {} : { VersionId }),
    }));
    if (Objects.length === 0) return;
    await cos.deleteMultipleObject({ Bucket, Region, Objects });
  }
}

/** Writes an object that the server itself makes, logs and reports, as a PUT of the bucket's owner would. */
import type { EncryptionRequest } from '../features/encryption/record.ts';
import { admit } from './admission.ts';
import type { BodyStream } from './body.ts';
import type { BucketEntry } from './buckets.ts';
import { NO_DIGESTS, withIngested } from './ingest.ts';
import type { Services } from './services.ts';
import { publishObject, singleBody } from './write-object.ts';

export interface Delivery {
  readonly key: string;
  readonly contentType: string;
  readonly body: BodyStream;
  /** undefined: the bucket's default, if it has one */
  readonly encryption: EncryptionRequest | undefined;
}

export interface Delivered {
  /** bytes */
  readonly size: number;
  /** Of the content, hex. */
  readonly md5: string;
}

/** @throws CosError NoSuchBucket, PathConflict, and those of `admit` */
export function deliverObject(services: Services, bucket: BucketEntry, delivery: Delivery): Promise<Delivered> {
  const { key, contentType, body, encryption } = delivery;
  const { attributes, seal } = admit(services, bucket.record, {
    headers: { contentType },
    userMeta: [],
    storageClass: undefined,
    acl: 'default',
    ...(encryption === undefined ? {} : { encryption }),
  });
  const most = services.limits.singleUploadBytes;
  return withIngested(
    services,
    body,
    most,
    NO_DIGESTS,
    async (ingested) => {
      await publishObject(services, bucket, key, singleBody(ingested, attributes));
      return { size: ingested.size, md5: ingested.md5 };
    },
    seal,
  );
}

/** A body that is all there. */
export function wholeBody(content: Buffer): BodyStream {
  return {
    length: content.length,
    readAll: async () => content,
    async *chunks() {
      yield content;
    },
  };
}

/** A body that comes as it is made; its length shows at its end. */
export function streamedBody(chunks: () => AsyncIterable<Buffer>): BodyStream {
  return {
    length: undefined,
    async readAll() {
      const all: Buffer[] = [];
      for await (const chunk of chunks()) all.push(chunk);
      return Buffer.concat(all);
    },
    chunks,
  };
}

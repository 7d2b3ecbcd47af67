/** Services on an empty in-memory store with a clock that stands still: what unit tests of semantics run on. */
import { ManualClock } from '../platform/clock.ts';
import { createIds } from '../platform/ids.ts';
import { checked } from '../store/checked.ts';
import { openMemoryStore } from '../store/memory/index.ts';
import type { BodyStream } from './body.ts';
import { type BucketEntry, createBucket, loadBucket } from './buckets.ts';
import type { ObjectAttributes } from './records/attributes.ts';
import { createServices, type Limits, type Services } from './services.ts';

export const FIXTURE_BUCKET = 'demo-1250000000';

export interface Fixture {
  readonly services: Services;
  readonly clock: ManualClock;
  bucket(): Promise<BucketEntry>;
}

export async function openFixture(limits: Partial<Limits> = {}): Promise<Fixture> {
  const clock = new ManualClock(Date.UTC(2026, 10, 26));
  const services = createServices({
    store: checked(openMemoryStore()),
    clock,
    ids: createIds(clock),
    processId: 'fixture',
    sleep: () => new Promise((resolve) => setImmediate(resolve)),
    random: () => 0.5,
    limits,
  });
  await createBucket(services, {
    name: FIXTURE_BUCKET,
    appid: '1250000000',
    ownerUin: '100000000001',
    region: 'ap-guangzhou',
    acl: 'private',
  });
  return { services, clock, bucket: () => loadBucket(services, FIXTURE_BUCKET) };
}

export const PLAIN: ObjectAttributes = {
  headers: { contentType: 'text/plain' },
  userMeta: [],
  storageClass: 'STANDARD',
  acl: 'default',
};

/** A body that is all there. */
export function bodyOf(content: string | Buffer): BodyStream {
  const whole = Buffer.from(content);
  return {
    length: whole.length,
    readAll: async () => whole,
    async *chunks() {
      yield whole;
    },
  };
}

/** Puts objects into a bucket over HTTP, as fast as one load generator does. */
import type { LoadGenerator } from './load/generator.ts';
import type { Job, KeySpace, Target } from './load/job.ts';
import { refuseWrong } from './measure.ts';

const CONNECTIONS = 64;
/** Requests between two calls of `onProgress`. */
const STEP = 20_000;

/** Bodies are `bodyOf(bytes)`. @throws Error when an answer is wrong */
export async function fill(
  generator: LoadGenerator,
  target: Target,
  keys: KeySpace,
  bytes: number,
  onProgress: (done: number) => void = () => undefined,
): Promise<void> {
  const connections = Math.min(CONNECTIONS, Math.max(1, Math.floor((256 * 1024 ** 2) / (bytes + 1))));
  const job: Job = { target, method: 'PUT', keys, order: 'once', bytes, connections, status: 200 };
  await generator.assign(job);
  for (let used = 0; used < keys.count; ) {
    const result = await generator.run({ ms: 600_000, requests: Math.min(STEP, keys.count - used) });
    refuseWrong(result, job);
    used = result.used;
    onProgress(used);
  }
}

/** @throws Error unless the bucket is made */
export async function createBucket(generator: LoadGenerator, target: Target): Promise<void> {
  const job: Job = {
    target,
    method: 'PUT',
    keys: { prefix: '', count: 1 },
    order: 'once',
    bytes: 0,
    params: [],
    connections: 1,
    status: 200,
  };
  await generator.assign(job);
  refuseWrong(await generator.run({ ms: 10_000, requests: 1 }), job);
}

/** A pull that nobody waits for: the whole object goes to the store, once. */
import type { BucketEntry } from '../../model/buckets.ts';
import type { Services } from '../../model/services.ts';
import type { PullOutcome } from './desk.ts';
import { type AttributesOf, admitAnswer, askOrigin, type PullPlan, presentRecord, storeAnswer } from './pull.ts';

/**
 * @returns undefined where as many pulls run as may; the outcome of a pull of the object that is under way already
 * @throws CosError MirrorFailed, those of writes (by the promise)
 */
export function pullAndStore(
  services: Services,
  bucket: BucketEntry,
  key: string,
  plan: PullPlan,
  attributesOf: AttributesOf,
): Promise<PullOutcome> | undefined {
  const { origin } = services;
  const { id } = bucket.record;
  const running = origin.flight(id, key);
  if (running !== undefined) return running;
  const release = origin.slots.take();
  if (release === undefined) return undefined;
  return origin.fly(id, key, async () => {
    try {
      if ((await presentRecord(services, bucket, key)) !== undefined) return 'stored';
      const answer = await askOrigin(services, plan);
      if (answer.status !== 200) {
        answer.cancel();
        return answer.status === 404 ? 'absent' : 'other';
      }
      const admitted = admitAnswer(services, bucket, key, answer, attributesOf);
      await storeAnswer(services, bucket, key, answer, admitted);
      return 'stored';
    } finally {
      release();
    }
  });
}

/** Delivers access logs every five minutes. Source: spec/buckets.md §19. */
import { CosError } from '../../errors/cos-error.ts';
import type { Services } from '../../model/services.ts';
import type { Job, JobContext } from '../jobs/types.ts';
import { type LogBuffer, logBuffer } from './buffer.ts';
import { deliverBatch } from './deliver.ts';

export class LoggingJob implements Job {
  readonly name = 'logging';
  readonly description = 'Writes the access logs of buckets that ask for one, every five minutes.';
  readonly #services: Services;
  readonly #buffer: LogBuffer;

  constructor(services: Services) {
    this.#services = services;
    this.#buffer = logBuffer(services);
  }

  due(nowMs: number): number | undefined {
    return this.#buffer.due(nowMs);
  }

  async run({ progress }: JobContext): Promise<void> {
    await deliverLogs(this.#services, (files) => progress(files, undefined, `${this.#buffer.lost} records lost`));
  }
}

/**
 * Writes all records that wait. Those of a target that is gone are lost, others wait on.
 * @param onDelivered told how many batches are written
 * @throws the first error of a target, once the others have their records
 */
export async function deliverLogs(
  services: Services,
  onDelivered: (batches: number) => void = () => undefined,
): Promise<void> {
  const buffer = logBuffer(services);
  let written = 0;
  let failure: unknown;
  for (const batch of buffer.take()) {
    try {
      await deliverBatch(services, batch);
      buffer.settle(batch, 'written');
      written += 1;
    } catch (error) {
      if (error instanceof CosError && error.code === 'NoSuchBucket') {
        buffer.settle(batch, 'lost');
      } else {
        buffer.giveBack(batch, services.clock.nowMs());
        failure ??= error;
      }
    }
    onDelivered(written);
  }
  if (failure !== undefined) throw failure;
}

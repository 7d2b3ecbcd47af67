/** Tells the job that there is something to do, without a look at the store. */
import type { Services } from '../../model/services.ts';

interface Work {
  /** Grows with every version that is noted. */
  noted: number;
  notedMs: number;
}

const works = new WeakMap<Services, Work>();

export function workOf(services: Services): Work {
  let work = works.get(services);
  if (work === undefined) {
    work = { noted: 0, notedMs: Number.NEGATIVE_INFINITY };
    works.set(services, work);
  }
  return work;
}

export function noteWork(services: Services): void {
  const work = workOf(services);
  work.noted += 1;
  work.notedMs = services.clock.monotonicMs();
}

/**
 * Optimistic commit: read, judge, commit; when a check fails, read and judge again. A conflict that lasts is the true
 * condition of `PathConflict` (DESIGN §2).
 */
import { CosError } from '../errors/cos-error.ts';
import type { Commit } from '../store/meta-store.ts';
import type { Services } from './services.ts';

export const MAX_ATTEMPTS = 8;

/** Returned by a plan that must wait for somebody else's change to end. */
export const BUSY = Symbol('busy');

export interface Planned<T> {
  /** Left out when there is nothing to change. */
  readonly commit?: Commit;
  readonly result: T;
  /** Called once the commit has ended; true also where its outcome is unknown. */
  readonly settled?: ((committed: boolean) => void) | undefined;
}

/**
 * @param plan reads the state, raises the COS error that it calls for, or says what to commit
 * @returns the plan's result once its commit is durable
 * @throws CosError PathConflict after MAX_ATTEMPTS
 */
export async function attempt<T>(services: Services, plan: () => Promise<Planned<T> | typeof BUSY>): Promise<T> {
  for (let tried = 0; tried < MAX_ATTEMPTS; tried++) {
    if (tried > 0) await services.sleep(services.random() * 4 * 2 ** tried);
    const planned = await plan();
    if (planned === BUSY) continue;
    if (planned.commit === undefined) return planned.result;
    let committed = true;
    try {
      committed = (await services.store.meta.commit(planned.commit)).ok;
    } finally {
      planned.settled?.(committed);
    }
    if (committed) return planned.result;
  }
  throw new CosError('PathConflict');
}

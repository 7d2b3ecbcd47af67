/** Snapshots of a server that runs: one at a time, each of the moment it begins. */
import type { SnapshotFile } from '../../features/snapshot/items.ts';
import { saveSnapshot } from '../../features/snapshot/save.ts';
import type { Services } from '../../model/services.ts';
import type { Clock } from '../../platform/clock.ts';
import { TestClock } from '../../platform/test-clock.ts';

export interface SnapshotSettings {
  readonly appid: string;
  readonly uin: string;
  /** What belongs beside the store. @param withKeys false: no secrets and no key pairs */
  readonly files: (withKeys: boolean) => Promise<readonly SnapshotFile[]>;
}

export interface SnapshotDesk {
  /** Begins at once. @returns undefined while another one is being made @throws StoreError, SnapshotError */
  begin(withKeys: boolean): Promise<AsyncIterable<Buffer> | undefined>;
}

export function snapshotDesk(services: Services, clock: Clock, { appid, uin, files }: SnapshotSettings): SnapshotDesk {
  let busy = false;
  async function* pieces(keys: boolean): AsyncGenerator<Buffer> {
    const clockOffsetMs = clock instanceof TestClock ? Math.round(clock.offsetMs) : 0;
    const header = { takenMs: Math.round(clock.nowMs()), appid, uin, clockOffsetMs, keys };
    try {
      yield* saveSnapshot({ services, header, files: () => files(keys) });
    } finally {
      busy = false;
    }
  }
  return {
    async begin(withKeys) {
      if (busy) return undefined;
      busy = true;
      return begun(pieces(withKeys));
    },
  };
}

/** Takes the first piece ahead, so that what fails at the start is an answer and no broken connection. */
async function begun(pieces: AsyncGenerator<Buffer>): Promise<AsyncIterable<Buffer>> {
  let first: IteratorResult<Buffer> | undefined = await pieces.next();
  const iterator: AsyncIterator<Buffer> = {
    async next() {
      const ahead = first;
      first = undefined;
      return ahead ?? pieces.next();
    },
    return: () => pieces.return(undefined),
  };
  return { [Symbol.asyncIterator]: () => iterator };
}

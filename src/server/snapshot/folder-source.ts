/** A snapshot of a data folder that no server uses. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_APPID, DEFAULT_UIN, storedAccount } from '../../access/key-file.ts';
import { saveSnapshot } from '../../features/snapshot/save.ts';
import { runDeletions } from '../../model/deletions.ts';
import { Pins } from '../../model/pins.ts';
import type { Clock } from '../../platform/clock.ts';
import { checked } from '../../store/checked.ts';
import { openLocalStore } from '../../store/local/index.ts';
import { readStateFiles } from './state-files.ts';

/**
 * Deletions that are due are carried out first, as the server would have done: one of them may be half done.
 * @throws StoreError `locked` while a server uses it; the error of node:fs when there is no data folder
 */
export async function* snapshotOfFolder(dir: string, withKeys: boolean, clock: Clock): AsyncGenerator<Buffer> {
  // Opening would make a folder that is not there.
  statSync(join(dir, 'FORMAT'));
  const store = await openLocalStore({ dir, clock, compaction: { background: false } });
  try {
    const services = { store: checked(store), pins: new Pins() };
    for (let more = true; more; ) {
      const run = await runDeletions(services, clock.nowMs());
      more = run.more && run.jobs > 0;
    }
    const { appid, uin } = (await storedAccount(dir)) ?? { appid: DEFAULT_APPID, uin: DEFAULT_UIN };
    const header = { takenMs: clock.nowMs(), appid, uin, clockOffsetMs: 0, keys: withKeys };
    yield* saveSnapshot({ services, header, files: () => readStateFiles(dir, withKeys, { appid, uin }) });
  } finally {
    await store.close();
  }
}

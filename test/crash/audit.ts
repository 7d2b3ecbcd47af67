/** With the server stopped: carries out all deletions that wait, then compares what rows need with what is stored. */
import { type Audit, audit } from '../../src/model/audit.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { createApp } from '../../src/server/app.ts';
import { openLocalStore } from '../../src/store/local/index.ts';
import { REGION } from './client.ts';

/** @param dataDir of a server that does not run */
export async function collectAndAudit(dataDir: string): Promise<Audit> {
  const store = await openLocalStore({ dir: dataDir });
  try {
    const app = createApp({
      store,
      keyRing: { find: () => undefined },
      clock: systemClock,
      baseDomains: [],
      bareHosts: [],
      regions: [REGION],
      defaultRegion: REGION,
      errors: { profile: 'seed', literalSeedCodes: false },
      limits: {},
      graceMs: 0,
      onInternalError(error) {
        throw error;
      },
    });
    await app.reaper.drain();
    return await audit(app.services);
  } finally {
    await store.close();
  }
}

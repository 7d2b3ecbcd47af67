/**
 * `cosette doctor`: what a stopped data folder holds, and whether the bytes that rows refer to are the bytes that are
 * stored. Deletions that wait are carried out first, as the server would have done.
 */
import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { audit } from '../model/audit.ts';
import { type Deleting, runDeletions } from '../model/deletions.ts';
import { Pins } from '../model/pins.ts';
import type { BlobRef } from '../store/blob-store.ts';
import { checked } from '../store/checked.ts';
import { reportFolder } from '../store/local/folder-report.ts';
import { type LocalStoreEvent, type LocalStoreOptions, openLocalStore } from '../store/local/index.ts';
import { type Store, StoreError } from '../store/store.ts';
import { type Findings, problemsOf, renderJson, renderText } from './doctor-report.ts';

export interface DoctorOptions {
  readonly rebuildIndex: boolean;
  readonly json: boolean;
}

/**
 * @param data a data folder that no server uses
 * @returns the report, and whether all agrees
 * @throws StoreError, or the error of node:fs when there is no data folder
 */
export async function doctor(data: string, options: DoctorOptions): Promise<{ text: string; healthy: boolean }> {
  const findings = await examine(resolve(data), options.rebuildIndex);
  const text = options.json ? renderJson(findings) : renderText(findings);
  return { text, healthy: problemsOf(findings).length === 0 };
}

async function examine(dir: string, rebuildIndex: boolean): Promise<Findings> {
  // Opening would make a folder that is not there.
  statSync(join(dir, 'FORMAT'));
  const events: LocalStoreEvent[] = [];
  const store = await open({
    dir,
    rebuildIndex,
    compaction: { background: false },
    log: (event) => events.push(event),
  });
  const refs: BlobRef[] = [];
  try {
    const services = { store: checked(store), pins: new Pins() };
    await carryOutDeletions(services);
    const found = await audit(services, (ref) => refs.push(Buffer.from(ref)));
    const { deadBytes } = await store.blobs.usage();
    // Files that change their place and the index are at rest only then.
    await store.close();
    return { dir, audit: found, deadBytes, folder: reportFolder(dir, refs), events };
  } finally {
    await store.close();
  }
}

async function open(options: LocalStoreOptions): Promise<Store> {
  try {
    return await openLocalStore(options);
  } catch (error) {
    if (!(error instanceof StoreError) || error.kind !== 'locked') throw error;
    throw new StoreError('locked', `${error.message}; doctor needs the folder to itself: stop the server first`);
  }
}

async function carryOutDeletions(services: Deleting): Promise<void> {
  for (;;) {
    const { jobs, more } = await runDeletions(services, Number.POSITIVE_INFINITY);
    if (!more || jobs === 0) return;
  }
}

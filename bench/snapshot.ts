/**
 * `node scripts/run.mjs bench/snapshot.ts`: a folder of 100,000 objects is saved while somebody writes, restored, and
 * compared with the original row for row and byte for byte. Prints what it took, and exits 1 on any difference.
 *
 * `--objects 1000000`, `--bytes 1024` (of most bodies), `--large 20` (bodies of 8 MiB) and `--folder` change the task.
 */
import { createHash, randomFillSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { saveSnapshot } from '../src/features/snapshot/save.ts';
import { createBucket, loadBucket } from '../src/model/buckets.ts';
import { mapRefs, refsIn } from '../src/model/records/blob-refs.ts';
import { createServices, type Services } from '../src/model/services.ts';
import { publishObject } from '../src/model/write-object.ts';
import { systemClock } from '../src/platform/clock.ts';
import { createIds } from '../src/platform/ids.ts';
import { restoreFolder } from '../src/server/snapshot/restore-folder.ts';
import { readSnapshotFile, writeSnapshotFile } from '../src/server/snapshot/snapshot-file.ts';
import type { BlobRef, StagedBlob } from '../src/store/blob-store.ts';
import { checked } from '../src/store/checked.ts';
import { openLocalStore } from '../src/store/local/index.ts';
import type { Row } from '../src/store/meta-store.ts';
import { type RowsView, rowsOf } from '../src/store/rows-view.ts';
import type { Store } from '../src/store/store.ts';
import { number, table } from './report.ts';

const BUCKET = 'snapshot-1250000000';
const ACCOUNT = { appid: '1250000000', uin: '100000000001' };
const LARGE_BYTES = 8 * 1024 ** 2;
const WRITES_AT_ONCE = 64;
const MIB = 1024 ** 2;
const FIRST = Buffer.from([0]);
const BEHIND = Buffer.from([0xff]);

function servicesOn(store: Store): Services {
  return createServices({
    store,
    clock: systemClock,
    ids: createIds(systemClock),
    processId: 'snapshot',
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    random: Math.random,
  });
}

/** Half of a body is noise, so that it shrinks somewhat. */
function bodyOf(bytes: number): Buffer {
  const body = Buffer.alloc(bytes, 'a line of some text\n');
  return randomFillSync(body, 0, bytes >> 1);
}

async function write(services: Services, key: string, body: Buffer): Promise<void> {
  const bucket = await loadBucket(services, BUCKET);
  let blob: StagedBlob;
  if (body.length <= services.store.blobs.stageLimit) blob = services.store.blobs.stage(body);
  else {
    const writer = await services.store.blobs.create(body.length);
    await writer.write(body);
    blob = await writer.finish();
  }
  const attributes = { headers: { contentType: '' }, userMeta: [], storageClass: 'STANDARD', acl: 'default' as const };
  const etag = createHash('md5').update(body).digest('hex');
  const object = { kind: 'normal' as const, size: body.length, etag, crc64: undefined, attributes, parts: 0, blob };
  await publishObject(services, bucket, key, object);
}

async function fill(services: Services, objects: number, bytes: number, large: number): Promise<void> {
  await createBucket(services, {
    name: BUCKET,
    appid: ACCOUNT.appid,
    ownerUin: ACCOUNT.uin,
    region: 'ap-guangzhou',
    acl: 'private',
  });
  for (let at = 0; at < large; at++) await write(services, `large/${at}`, bodyOf(LARGE_BYTES));
  let next = 0;
  const writer = async () => {
    for (let at = next++; at < objects; at = next++) await write(services, `small/${at.toString(36)}`, bodyOf(bytes));
  };
  await Promise.all(Array.from({ length: WRITES_AT_ONCE }, writer));
}

/** @returns times of writes, ms */
async function writeMeanwhile(services: Services, name: string, goOn: () => boolean): Promise<number[]> {
  const times: number[] = [];
  while (goOn()) {
    const startedAt = performance.now();
    await write(services, `meanwhile/${name}/${times.length}`, bodyOf(1_024));
    times.push(performance.now() - startedAt);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  return times.sort((a, b) => a - b);
}

/** @returns differences, at most a few lines */
async function compare(view: RowsView, source: Store, restored: Store): Promise<string[]> {
  const wrong: string[] = [];
  const report = (line: string) => {
    if (wrong.length < 20) wrong.push(line);
  };
  const theirs = rowsOf(restored.meta, FIRST, BEHIND)[Symbol.asyncIterator]();
  let rows = 0;
  for await (const row of rowsOf(view, FIRST, BEHIND)) {
    const other = (await theirs.next()).value as Row | undefined;
    rows += 1;
    const name = row.key.toString('latin1');
    if (other === undefined || !other.key.equals(row.key)) {
      report(`${name} is not there`);
      break;
    }
    const value = ({ key, value: bytes }: Row) => mapRefs(key, bytes, () => FIRST);
    if (!value(row).equals(value(other))) report(`${name}: another value`);
    const refs = [row, other].map(({ key, value: bytes, blob }) => [...refsIn(key, bytes), ...(blob ? [blob] : [])]);
    if (refs[0]!.length !== refs[1]!.length) report(`${name}: other bodies`);
    for (const [at, ref] of refs[0]!.entries()) {
      if (!(await sameBody(source, ref, restored, refs[1]![at]!))) report(`${name}: another body`);
    }
  }
  if ((await theirs.next()).done !== true) report('there are more rows than there were');
  if (rows === 0) report('there are no rows');
  return wrong;
}

async function sameBody(source: Store, ref: BlobRef, restored: Store, other: BlobRef): Promise<boolean> {
  const [a, b] = [await source.blobs.open(ref), await restored.blobs.open(other)];
  let same = a.size === b.size;
  const [left, right] = [Buffer.alloc(Math.min(a.size, MIB)), Buffer.alloc(Math.min(a.size, MIB))];
  for (let at = 0; same && at < a.size; at += left.length) {
    const read = await a.read(at, left);
    await b.read(at, right);
    same = left.subarray(0, read).equals(right.subarray(0, read));
  }
  await a.close();
  await b.close();
  return same;
}

async function main(objects: number, bytes: number, large: number, place: string): Promise<number> {
  const folder = mkdtempSync(join(place, 'cosette-snapshot-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const lines: string[][] = [['step', 's', 'MiB/s', 'objects/s', 'peak memory MiB']];
  const timed = async <T>(step: string, size: number, work: () => Promise<T>): Promise<T> => {
    const startedAt = performance.now();
    const result = await work();
    const seconds = (performance.now() - startedAt) / 1_000;
    const memory = process.resourceUsage().maxRSS / 1_024;
    lines.push([step, ...[seconds, size / MIB / seconds, objects / seconds, memory].map(number)]);
    process.stderr.write(`${step}: ${seconds.toFixed(1)} s\n`);
    return result;
  };
  const size = objects * bytes + large * LARGE_BYTES;
  const relaxed = await openLocalStore({ dir: join(folder, 'data'), durability: 'relaxed' });
  await timed('fill', size, () => fill(servicesOn(checked(relaxed)), objects, bytes, large));
  await relaxed.close();

  const store = checked(await openLocalStore({ dir: join(folder, 'data') }));
  const services = servicesOn(store);
  const file = join(folder, 'snapshot');
  const startedAt = performance.now();
  const view = await store.view();
  const viewMs = performance.now() - startedAt;
  let saving = true;
  const alone = writeMeanwhile(services, 'alone', () => saving);
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  saving = false;
  const before = await alone;
  saving = true;
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const meanwhile = writeMeanwhile(services, 'saving', () => saving);
  delay.enable();
  const header = { takenMs: Date.now(), ...ACCOUNT, clockOffsetMs: 0, keys: true };
  const { counts, fileBytes } = await timed('save', size, () =>
    writeSnapshotFile(file, saveSnapshot({ services, header, files: async () => [] }), { force: false }),
  );
  delay.disable();
  saving = false;
  const during = await meanwhile;
  const data = join(folder, 'restored');
  await timed('restore', size, () => restoreFolder(readSnapshotFile(file), data, { force: false, clock: systemClock }));
  const restored = checked(await openLocalStore({ dir: data }));
  // What the writer added before the save began is in the snapshot and not in the view taken at the start.
  const wrong = await timed('compare', size, () => compareWithout(view, store, restored));
  view.close();
  const usage = await restored.blobs.usage();
  if (usage.liveBlobs !== counts.blobs || usage.orphans !== 0) wrong.push(`bodies: ${JSON.stringify(usage)}`);
  await restored.close();
  await store.close();
  console.log(`${counts.objects} objects, ${number(size / MIB)} MiB; the file has ${number(fileBytes / MIB)} MiB`);
  console.log(table(lines));
  const quantiles = (times: readonly number[]) =>
    [0.5, 0.99].map((share) => number(times[Math.floor(times.length * share)])).join(', ');
  console.log(
    `writes alone: ${before.length}, p50 and p99 ${quantiles(before)} ms, longest ${number(before.at(-1))} ms`,
  );
  console.log(
    `while saving: ${during.length}, p50 and p99 ${quantiles(during)} ms, longest ${number(during.at(-1))} ms`,
  );
  console.log(`view of the rows: ${number(viewMs)} ms; longest turn of the event loop ${number(delay.max / 1e6)} ms`);
  for (const line of wrong) console.log(line);
  console.log(wrong.length === 0 ? 'the restored store is the same' : 'NOT the same');
  return wrong.length === 0 ? 0 : 1;
}

/** Leaves out what the writer of this bench wrote, which goes on between view and snapshot. */
function compareWithout(view: RowsView, source: Store, restored: Store): Promise<string[]> {
  const isOther = ({ key }: Row) => key.includes('meanwhile/');
  const filtered = <T extends Pick<RowsView, 'scan'>>(rows: T): T => ({
    ...rows,
    async scan(request: Parameters<RowsView['scan']>[0]) {
      const page = await rows.scan(request);
      return { ...page, rows: page.rows.filter((row) => !isOther(row)) };
    },
  });
  return compare(filtered(view), source, { ...restored, meta: filtered(restored.meta) });
}

const { values } = parseArgs({
  options: {
    objects: { type: 'string', default: '100000' },
    bytes: { type: 'string', default: '2048' },
    large: { type: 'string', default: '20' },
    folder: { type: 'string', default: tmpdir() },
  },
});
process.exitCode = await main(Number(values.objects), Number(values.bytes), Number(values.large), values.folder);

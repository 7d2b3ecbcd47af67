/** Stores with rows of every kind that holds blobs, for the tests of snapshots. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pins } from '../../model/pins.ts';
import { mapRefs, refsIn } from '../../model/records/blob-refs.ts';
import { packJob } from '../../model/records/deletion-job.ts';
import { packExtents } from '../../model/records/extents.ts';
import { pack } from '../../model/records/pack.ts';
import type { BlobRef } from '../../store/blob-store.ts';
import { checked } from '../../store/checked.ts';
import { noise } from '../../store/conformance/harness.ts';
import { openLocalStore } from '../../store/local/index.ts';
import { openMemoryStore } from '../../store/memory/index.ts';
import { rowsOf } from '../../store/rows-view.ts';
import type { Store } from '../../store/store.ts';
import type { SnapshotHeader } from './format.ts';
import { saveSnapshot } from './save.ts';

export const HEADER: Omit<SnapshotHeader, 'estimate'> = {
  takenMs: 1_795_000_000_000,
  appid: '1250000000',
  uin: '100000000001',
  clockOffsetMs: 0,
  keys: true,
};
export const FILES = [{ name: 'secret.key', content: Buffer.from('secret') }];

export const ENGINES: Readonly<Record<string, () => Promise<Store>>> = {
  memory: async () => checked(openMemoryStore({ stageLimitBytes: 64 * 1024 })),
  local: async () => {
    const dir = mkdtempSync(join(tmpdir(), 'cosette-snapshot-'));
    const store = await openLocalStore({ dir, durability: 'relaxed', inlineLimitBytes: 64 * 1024 });
    return checked({
      ...store,
      async close() {
        await store.close();
        rmSync(dir, { recursive: true, force: true });
      },
    });
  },
};

const key = (text: string) => Buffer.from(text, 'latin1');

/** A small object, a large one, a finished upload whose parts still stand, jobs, and a job whose blob is gone. */
export async function fillStore(store: Store, objects = 5): Promise<void> {
  const put = async (name: string, value: Buffer, size?: number): Promise<BlobRef | undefined> => {
    let blob: BlobRef | undefined;
    if (size !== undefined && size > store.blobs.stageLimit) {
      const writer = await store.blobs.create();
      await writer.write(noise(size, size));
      blob = (await writer.finish()) as unknown as BlobRef;
    } else if (size !== undefined) blob = store.blobs.stage(noise(size, size)) as unknown as BlobRef;
    await store.meta.commit({ puts: [{ key: key(name), value, ...(blob === undefined ? {} : { blob }) }] });
    return (await store.meta.get([key(name)]))[0]?.blob;
  };
  const record = (text: string) => pack([1, text]);
  await put('b1250000000/bucket', record('bucket'));
  for (let i = 0; i < objects; i++) await put(`cbucketid${String(i).padStart(6, '0')}`, record(`object ${i}`), i * 100);
  await put('cbucketidempty', record('empty'), 0);
  await put('cbucketidlarge', record('large'), 700_001);
  await put('vbucketidold', record('version'), 65_536);
  const first = (await put('pbucketidupload1', record('part'), 300_000))!;
  const second = (await put('pbucketidupload2', record('part'), 200))!;
  await store.meta.commit({ puts: [{ key: key('cbucketidsingle'), value: record('one part'), blob: second }] });
  const extents = [
    { size: 300_000, ref: first, nonce: Buffer.from('nonce') },
    { size: 1, ref: null },
  ];
  await put('xbucketidmanifest0', packExtents(extents), 77);
  await put('xbucketidmanifest1', packExtents([{ size: 200, ref: second }]));
  const dropped = (await put('cbucketiddropped', record('gone'), 1_234))!;
  const gone = (await put('cbucketidgone', record('gone'), 9))!;
  await store.blobs.delete([gone]);
  await store.meta.commit({
    puts: [
      { key: key('d00000001'), value: packJob({ kind: 'blobs', owner: key('o'), refs: [dropped, gone] }) },
      { key: key('d00000002'), value: packJob({ kind: 'row', key: key('k') }) },
    ],
    deletes: [key('cbucketiddropped'), key('cbucketidgone')],
  });
}

/** What a store holds, free of the names that its engine gives to blobs: these are replaced by their bytes. */
export async function contentOf(store: Store): Promise<string[]> {
  const found: string[] = [];
  const bodies = new Map<string, string>();
  const body = async (ref: BlobRef) => {
    const name = ref.toString('latin1');
    let text = bodies.get(name);
    text ??= await bodyText(store, ref);
    bodies.set(name, text);
    return text;
  };
  for await (const row of rowsOf(store.meta, Buffer.from([0]), Buffer.from([0xff]))) {
    const texts = await Promise.all(refsIn(row.key, row.value).map(body));
    const value = mapRefs(row.key, row.value, () => Buffer.alloc(0)).toString('base64');
    const own = row.blob === undefined ? 'none' : await body(row.blob);
    found.push(`${row.key.toString('latin1')} ${value} ${own} ${texts.join(',')}`);
  }
  return found;
}

async function bodyText(store: Store, ref: BlobRef): Promise<string> {
  try {
    const handle = await store.blobs.open(ref);
    const bytes = Buffer.alloc(handle.size);
    if (bytes.length > 0) await handle.read(0, bytes);
    await handle.close();
    return bytes.toString('base64');
  } catch {
    return 'gone';
  }
}

export async function snapshotOf(store: Store): Promise<Buffer> {
  const pieces: Buffer[] = [];
  const services = { store, pins: new Pins() };
  for await (const piece of saveSnapshot({ services, header: HEADER, files: async () => FILES })) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** The bytes in chunks of odd sizes. */
export async function* chunksOf(bytes: Buffer, size = 10_007): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** What the tests of this engine share. Only tests import it. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEveryFile } from '../../platform/fixture.ts';
import type { BlobRef, StagedBlob } from '../blob-store.ts';
import type { Row } from '../meta-store.ts';
import type { Store } from '../store.ts';

const made: string[] = [];

afterEveryFile(() => {
  for (const dir of made.splice(0)) rmSync(dir, { recursive: true, force: true });
});

/** A new folder, removed when the test file ends. */
export function tempDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'cosette-local-'));
  made.push(dir);
  return dir;
}

export const key = (text: string): Buffer => Buffer.from(text, 'latin1');

/** Every row with its body, as text to compare. */
export async function dump(store: Store): Promise<string[]> {
  const lines: string[] = [];
  let from: Buffer | undefined = Buffer.alloc(0);
  while (from !== undefined) {
    const page: { rows: Row[]; resume?: Buffer } = await store.meta.scan({
      from,
      to: Buffer.alloc(1_901, 0xff),
      limit: 1_000,
    });
    for (const row of page.rows) {
      const body = row.blob === undefined ? '' : await digestOf(store, row.blob);
      lines.push(`${row.key.toString('hex')} ${row.version} ${row.value.toString('hex')} ${body}`);
    }
    from = page.resume;
  }
  return lines;
}

/** Length and a checksum of a body; `missing` or the like where it cannot be read. */
export async function digestOf(store: Store, ref: BlobRef): Promise<string> {
  let handle: Awaited<ReturnType<Store['blobs']['open']>>;
  try {
    handle = await store.blobs.open(ref);
  } catch (error) {
    return String((error as { kind?: string }).kind);
  }
  const body = Buffer.alloc(handle.size);
  try {
    await handle.read(0, body);
  } catch (error) {
    return String((error as { kind?: string }).kind);
  } finally {
    await handle.close();
  }
  return md5Of(body);
}

export const md5Of = (body: Buffer): string => `${body.length}:${createHash('md5').update(body).digest('hex')}`;

async function staged(store: Store, body: Buffer): Promise<StagedBlob> {
  if (body.length <= store.blobs.stageLimit) return store.blobs.stage(body);
  const writer = await store.blobs.create(body.length);
  await writer.write(body);
  return writer.finish();
}

/** Puts one row, with a body of its own if one is given, and reads it back. */
export async function commitRow(store: Store, name: string, value: Buffer | string, body?: Buffer): Promise<Row> {
  const put = { key: key(name), value: Buffer.from(value as string) };
  const result = await store.meta.commit({
    puts: [body === undefined ? put : { ...put, blob: await staged(store, body) }],
  });
  if (!result.ok) throw new Error('a commit without conditions failed');
  const [row] = await store.meta.get([put.key]);
  return row!;
}

/** `cosette doctor` on the folder of a server that did a bit of everything. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { SDKS } from '../support/sdk.ts';
import { APPID, REGION, type ServerProcess, startServerProcess } from '../support/server-process.ts';

const MIB = 1024 ** 2;
const LARGE = 3 * MIB;
let server: ServerProcess;
let data: string;

interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function doctor(...flags: readonly string[]): Promise<Run> {
  const child = spawn(process.execPath, ['dist/cli/main.js', 'doctor', ...flags]);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, stdout, stderr })));
}

async function report(...flags: readonly string[]) {
  const run = await doctor('--data', data, '--json', ...flags);
  // biome-ignore lint/suspicious/noExplicitAny: a JSON document
  return { ...run, json: JSON.parse(run.stdout) as any };
}

/** Current: small (5 bytes), large (3 MiB), put together (1 MiB + 1), marked (a delete marker over 3 bytes); one part. */
async function work(): Promise<void> {
  const cos = SDKS[0]![1](server);
  const here = { Bucket: `doctor-${APPID}`, Region: REGION };
  const at = (Key: string) => ({ ...here, Key });
  await cos.putBucket(here);
  await cos.putObject({ ...at('small'), Body: 'first' });
  await cos.putObject({ ...at('small'), Body: 'again' });
  await cos.putObject({ ...at('large'), Body: Buffer.alloc(LARGE, 1) });
  await cos.putObject({ ...at('large'), Body: Buffer.alloc(LARGE, 2) });
  await cos.putObject({ ...at('gone'), Body: Buffer.alloc(LARGE, 3) });
  await cos.deleteObject(at('gone'));
  const begin = async (key: string) => (await cos.multipartInit(at(key))).UploadId as string;
  const part = (key: string, UploadId: string, PartNumber: number, bytes: number) =>
    cos.multipartUpload({ ...at(key), UploadId, PartNumber, Body: Buffer.alloc(bytes, PartNumber) });
  const aborted = await begin('aborted');
  await part('aborted', aborted, 1, 2 * MIB);
  await cos.multipartAbort({ ...at('aborted'), UploadId: aborted });
  const whole = await begin('whole');
  const parts = [];
  for (const [number, bytes] of [
    [1, MIB],
    [2, 1],
  ] as const) {
    parts.push({ PartNumber: number, ETag: (await part('whole', whole, number, bytes)).ETag as string });
  }
  await cos.multipartComplete({ ...at('whole'), UploadId: whole, Parts: parts });
  await part('open', await begin('open'), 7, 2 * MIB);
  await cos.putBucketVersioning({ ...here, VersioningConfiguration: { Status: 'Enabled' } });
  await cos.putObject({ ...at('marked'), Body: 'old' });
  await cos.deleteObject(at('marked'));
}

const BYTES = 5 + LARGE + (MIB + 1) + 3 + 2 * MIB;

beforeAll(async () => {
  server = await startServerProcess();
  data = join(server.folder, 'data');
  await work();
});
afterAll(() => server.remove());

describe('cosette doctor', () => {
  it('leaves the folder of a running server alone', async () => {
    const run = await doctor('--data', data);
    expect(run).toMatchObject({ code: 1, stdout: '' });
    expect(run.stderr).toContain(`in use by process ${server.pid}`);
    expect(run.stderr).toContain('stop the server first');
    expect(run.stderr).not.toContain('    at ');
  });

  it('finds that the bytes agree, after overwriting, deleting and aborting', async () => {
    await server.stop();
    const { code, json } = await report();
    expect(json.problems).toEqual([]);
    expect(code).toBe(0);
    expect(json).toMatchObject({
      data,
      healthy: true,
      buckets: 1,
      objects: 3,
      // The old version and the marker over it.
      versions: 2,
      uploads: 1,
      parts: 1,
      referencedBytes: BYTES,
      liveBytes: BYTES,
      referencedBlobs: 6,
      liveBlobs: 6,
      missing: 0,
      leftOver: 0,
      orphans: 0,
      disk: { format: 1, files: 2, fileBytes: LARGE + 2 * MIB, logBodies: 4, logBodyBytes: MIB + 9 },
    });
    const { disk, deadBytes } = json;
    expect(disk.segmentBytes).toBe(disk.logBodyBytes + deadBytes + disk.overheadBytes);
    expect(disk.overheadBytes).toBeGreaterThan(0);
    expect(disk.overheadBytes).toBeLessThan(64 * 1024);
    // "first" at least is dead.
    expect(deadBytes).toBeGreaterThan(5);
  });

  it('says so in words, and again after it rebuilt the index', async () => {
    const run = await doctor('--data', data, '--rebuild-index');
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.stdout).toMatch(/^bytes referenced {2,}6,291,465 {2}\(by rows, 6 bodies\)$/m);
    expect(run.stdout).toMatch(/^bytes stored {2,}6,291,465 {2}\(live in the engine, 6 bodies\)$/m);
    expect(run.stdout).toMatch(/^note: the index was rebuilt from \d+ records \(it was asked for\)$/m);
    expect(run.stdout).toMatch(/^ok: /m);
    const { json } = await report();
    expect(json).toMatchObject({ healthy: true, referencedBytes: BYTES, mended: [] });
  });
});

describe('cosette doctor on damage', () => {
  const strays: string[] = [];
  afterEach(() => {
    for (const path of strays.splice(0)) rmSync(path, { force: true });
  });

  it('reports files that belong to no body', async () => {
    const folder = join(data, 'files', 'ab');
    mkdirSync(folder, { recursive: true });
    for (const name of ['abababababababababababab', 'notes.txt']) {
      strays.push(join(folder, name));
      writeFileSync(join(folder, name), 'stray');
    }
    const { code, json } = await report();
    expect(code).toBe(1);
    expect(json).toMatchObject({ healthy: false, strayFiles: 2, referencedBytes: BYTES, liveBytes: BYTES });
    expect(json.problems).toHaveLength(2);
    expect(json.problems.join()).toContain('files/ab/notes.txt (5 bytes)');
    const text = await doctor('--data', data);
    expect(text.code).toBe(1);
    expect(text.stdout).toContain('problem: files/ab/abababababababababababab');
    expect(text.stdout).not.toContain('ok:');
  });

  it('reports bodies that are cut or gone', async () => {
    const files = (readdirSync(join(data, 'files'), { recursive: true }) as string[])
      .map((name) => join(data, 'files', name))
      .filter((path) => /[0-9a-f]{24}$/.test(path));
    expect(files).toHaveLength(2);
    writeFileSync(files[0]!, 'short');
    const cut = await report();
    expect(cut.code).toBe(1);
    expect(cut.json.wrongSizes).toHaveLength(1);
    rmSync(files[0]!);
    const gone = await report();
    expect(gone.code).toBe(1);
    expect(gone.json).toMatchObject({ missing: 1, wrongSizes: [] });
    expect(gone.json.problems.join()).toContain('1 body that rows refer to cannot be read');
  });

  it('makes no folder where there is none', async () => {
    const empty = mkdtempSync(join(tmpdir(), 'cosette-doctor-'));
    try {
      const run = await doctor('--data', join(empty, 'none'));
      expect(run).toMatchObject({ code: 1, stdout: '' });
      expect(run.stderr).toContain('does not exist: choose another place (--data');
      expect(existsSync(join(empty, 'none'))).toBe(false);
    } finally {
      rmSync(empty, { recursive: true });
    }
  });
});

/** Servers for tests of this folder, stopped after each test. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import COS from 'cos-nodejs-sdk-v5';
import { afterEveryTest } from '../platform/fixture.ts';
import { type Cosette, type StartOptions, startCosette } from './index.ts';

export const DAY_MS = 86_400_000;
/** Those that were not stopped. */
export const open: Cosette[] = [];
const folders: string[] = [];

export async function start(options?: StartOptions): Promise<Cosette> {
  const server = await startCosette(options);
  open.push(server);
  return server;
}

export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'cosette-testing-'));
  folders.push(folder);
  return folder;
}

afterEveryTest(async () => {
  await Promise.all(open.splice(0).map((server) => server.stop()));
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A bucket, and what is done to it. */
export function photos(server: Cosette) {
  const cos = new COS(server.cos());
  const place = { Bucket: server.bucket('photos'), Region: server.credentials.region };
  return {
    cos,
    place,
    make: () => cos.putBucket(place),
    put: (Key: string, Body: string) => cos.putObject({ ...place, Key, Body }),
    get: async (Key: string) => String((await cos.getObject({ ...place, Key })).Body),
    keys: async () => (await cos.getBucket(place)).Contents.map(({ Key }) => Key),
    buckets: async () => (await cos.getService({})).Buckets.map(({ Name }) => Name),
  };
}

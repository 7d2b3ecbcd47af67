/**
 * `npm run test:crash -- [--crashes N] [--seed N] [--keep]`: the built server is killed with SIGKILL at random moments
 * while clients write, and restarted; every acknowledged operation must be there byte for byte, nothing may be there by
 * halves, and after collection no body may be left over (docs/INVARIANTS.md 1, 2).
 */
import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Audit, audit } from '../../src/model/audit.ts';
import { loadConfig } from '../../src/platform/config/index.ts';
import { startServer } from '../../src/server/index.ts';
import { type ServerProcess, startServerProcess } from '../support/server-process.ts';
import { Client } from './client.ts';
import { type Content, Journal } from './journal.ts';
import { Random } from './random.ts';
import { PLAIN_BUCKET, settleAppended, VERSIONED_BUCKET, type Versions, Worker } from './worker.ts';

const { values } = parseArgs({
  options: {
    crashes: { type: 'string', default: '50' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    keep: { type: 'boolean', default: false },
  },
});
const crashes = Number(values.crashes);
const seed = Number(values.seed);
const WORKERS = 8;
const FLAGS = ['--grace-ms', '200', '--log-level', 'warn'];

const random = new Random(seed);
const journal = new Journal();
const versions: Versions = { contents: new Map(), doubtful: new Set() };
const faults: string[] = [];
let lost = 0;
let torn = 0;
let folder: string | undefined;

function fault(kind: 'lost' | 'torn', what: string): void {
  if (kind === 'lost') lost += 1;
  else torn += 1;
  faults.push(`${kind}: ${what}`);
}

async function read(client: Client, bucket: string, key: string, query?: string): Promise<Content> {
  const { status, body, headers } = await client.send('GET', bucket, key, query === undefined ? {} : { query });
  if (status === 404 || status === 400) return undefined;
  if (status !== 200) throw new Error(`GET ${key} answered ${status}: ${body.toString()}`);
  if (body.length !== Number(headers['content-length'])) fault('torn', `${key} is shorter than announced`);
  return { sha1: createHash('sha1').update(body).digest('hex'), size: body.length };
}

async function verify(client: Client): Promise<void> {
  for (const key of journal.keys) {
    const found = await read(client, PLAIN_BUCKET, key);
    const verdict = journal.settle(key, found);
    if (verdict !== undefined) fault(verdict, key);
    settleAppended(key, found);
  }
  for (const [id, content] of versions.contents) {
    const [key = '', query = ''] = id.split('?');
    const found = await read(client, VERSIONED_BUCKET, key, query);
    if (found?.sha1 === content?.sha1) continue;
    if (found === undefined && versions.doubtful.has(id)) versions.contents.delete(id);
    else fault(found === undefined ? 'lost' : 'torn', id);
  }
  versions.doubtful.clear();
  await verifyListing(client);
}

/** The list must name exactly the objects that can be read. */
async function verifyListing(client: Client): Promise<void> {
  const expected = new Set<string>();
  for (const key of journal.keys) if (journal.known(key) !== undefined) expected.add(key);
  let marker = '';
  for (;;) {
    const { body } = await client.send('GET', PLAIN_BUCKET, '', { query: `marker=${encodeURIComponent(marker)}` });
    const text = body.toString();
    for (const [, key] of text.matchAll(/<Key>([^<]+)<\/Key>/g)) {
      if (!expected.delete(key!)) fault('torn', `${key} is listed but not there`);
      marker = key!;
    }
    if (!text.includes('<IsTruncated>true')) break;
  }
  for (const key of expected) fault('lost', `${key} is there but not listed`);
}

async function start(): Promise<ServerProcess> {
  const server = await startServerProcess({ flags: FLAGS, ...(folder === undefined ? {} : { folder }) });
  folder = server.folder;
  return server;
}

async function prepare(client: Client): Promise<void> {
  for (const bucket of [PLAIN_BUCKET, VERSIONED_BUCKET]) await client.send('PUT', bucket, '');
  const body = Buffer.from('<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>');
  await client.send('PUT', VERSIONED_BUCKET, '', { query: 'versioning', body });
}

async function crashOnce(round: number): Promise<void> {
  const server = await start();
  const client = new Client(server.port);
  if (round === 0) await prepare(client);
  else await verify(client);
  const workers = Array.from(
    { length: WORKERS },
    (_, id) => new Worker(id, client, journal, versions, new Random(seed * 1_000 + round * 10 + id)),
  );
  const running = workers.map((worker) => worker.run());
  await new Promise((resolve) => setTimeout(resolve, 50 + random.below(600)));
  for (const worker of workers) worker.stopped = true;
  await server.stop('SIGKILL');
  await Promise.all(running);
  client.close();
}

/** The last state, opened by a server of our own: everything collected, then counted. */
async function collect(): Promise<Audit> {
  const server = await start();
  const client = new Client(server.port);
  await verify(client);
  const list = await client.send('GET', PLAIN_BUCKET, '', { query: 'uploads' });
  for (const [, key, id] of list.body.toString().matchAll(/<Key>([^<]+)<\/Key><UploadId>([^<]+)</g)) {
    await client.send('DELETE', PLAIN_BUCKET, key!, { query: `uploadId=${id}` });
  }
  client.close();
  const code = await server.stop('SIGTERM');
  if (code !== 0) throw new Error(`the server ended with ${code}:\n${server.output()}`);
  const { config } = loadConfig({
    flags: new Map(),
    env: { COSETTE_DATA: join(folder!, 'data'), COSETTE_PORT: '0', COSETTE_HOST: '127.0.0.1' },
  });
  const own = await startServer(config);
  await own.app.reaper.drain();
  const result = await audit(own.app.services);
  await own.close();
  return result;
}

console.log(`crash test: ${crashes} crashes, seed ${seed}`);
const began = performance.now();
for (let round = 0; round < crashes; round++) {
  await crashOnce(round);
  if ((round + 1) % 10 === 0) {
    const seconds = Math.round((performance.now() - began) / 1000);
    console.log(
      `  ${round + 1} crashes, ${journal.acknowledged} acknowledged, ${lost} lost, ${torn} torn, ${seconds} s`,
    );
  }
}
const counted = await collect();
for (const line of faults.slice(0, 50)) console.log(`  ${line}`);
const leftOver = counted.leftOver + counted.orphans;
lost += counted.missing;
console.log(`objects ${counted.objects}, bodies referenced ${counted.referencedBlobs}, held ${counted.liveBlobs}`);
console.log(
  `crashes tried ${crashes} / acknowledged ${journal.acknowledged} / lost ${lost} / torn ${torn} / orphans ${leftOver}`,
);
const good = lost === 0 && torn === 0 && leftOver === 0;
if (good && !values.keep) rmSync(folder!, { recursive: true, force: true });
else console.log(`data folder kept: ${folder}`);
process.exit(good ? 0 : 1);

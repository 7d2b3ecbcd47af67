/**
 * `node scripts/run.mjs bench/lifecycle.ts`: 1,000,000 objects of many ages under several rules; the clock moves 31
 * days; what is left is compared, object by object, with rules told without any economy. With `--kills 5` every run is a
 * process of its own that is killed so often on the way. Exits 1 when anything is not as it must be.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { DAY_MS, GMT_8, midnightBefore } from '../src/features/lifecycle/calendar.ts';
import { loadBucket } from '../src/model/buckets.ts';
import { publishObject } from '../src/model/write-object.ts';
import {
  compare,
  expectedAt,
  fill,
  openWorld,
  PLAIN_BUCKET,
  START_MS,
  VERSIONED_BUCKET,
  type World,
} from './lifecycle/world.ts';
import { number, table } from './report.ts';

/** Days after the rules were set at which the job runs: the first builds its index, the second finds nothing due. */
const RUN_DAYS = [1, 2, 31, 32];
const BUCKETS = [PLAIN_BUCKET, VERSIONED_BUCKET];

interface RunResult {
  readonly day: number;
  readonly kills: number;
  readonly ms: number;
  readonly cpuMs: number;
  readonly rows: number;
  readonly zones: number;
  readonly zonesSkipped: number;
  readonly expired: number;
  readonly moved: number;
  /** Of PUTs of somebody else meanwhile, ms. */
  readonly putP50Ms: number | undefined;
  readonly putP99Ms: number | undefined;
}

/** One run of the job at a day, with somebody who writes another key all the time. */
async function runDay(world: World, day: number, onRows: (rows: number) => void): Promise<RunResult> {
  world.clock.set(START_MS + day * DAY_MS);
  const before = process.cpuUsage();
  const startedAt = performance.now();
  const latencies: number[] = [];
  let running = true;
  const other = writeMeanwhile(world, latencies, () => running);
  await world.job.run({ signal: new AbortController().signal, progress: onRows });
  const ms = performance.now() - startedAt;
  running = false;
  await other;
  const { user, system } = process.cpuUsage(before);
  const { rows, zones, zonesSkipped, expired, moved } = world.job.tally;
  latencies.sort((a, b) => a - b);
  const quantile = (share: number) => latencies[Math.floor(latencies.length * share)];
  const latency = { putP50Ms: quantile(0.5), putP99Ms: quantile(0.99) };
  return { day, kills: 0, ms, cpuMs: (user + system) / 1_000, rows, zones, zonesSkipped, expired, moved, ...latency };
}

async function writeMeanwhile({ services }: World, latencies: number[], goOn: () => boolean): Promise<void> {
  const bucket = await loadBucket(services, PLAIN_BUCKET);
  const attributes = { headers: { contentType: '' }, userMeta: [], storageClass: 'STANDARD', acl: 'default' as const };
  const object = { kind: 'normal' as const, size: 0, etag: '', crc64: undefined, attributes, parts: 0 };
  while (goOn()) {
    const startedAt = performance.now();
    await publishObject(services, bucket, 'meanwhile', object);
    latencies.push(performance.now() - startedAt);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** The child: one run, told line by line. */
async function work(folder: string, day: number): Promise<void> {
  const world = await openWorld(folder, START_MS);
  const result = await runDay(world, day, (rows) => process.stdout.write(`${rows}\n`));
  await world.close();
  process.stdout.write(`${JSON.stringify(result)}\n`);
}

/** @param killAtRows the process is killed once it has looked at so many rows; undefined lets it end */
function child(folder: string, day: number, killAtRows: number | undefined): Promise<RunResult | undefined> {
  const args = [process.argv[1]!, '--worker', folder, '--day', String(day)];
  const worker = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let result: RunResult | undefined;
  createInterface({ input: worker.stdout }).on('line', (line) => {
    if (line.startsWith('{')) result = JSON.parse(line) as RunResult;
    else if (killAtRows !== undefined && Number(line) >= killAtRows) worker.kill('SIGKILL');
  });
  return new Promise((resolve, reject) => {
    worker.once('close', (code, signal) => {
      if (code === 0 || signal === 'SIGKILL') resolve(signal === null ? result : undefined);
      else reject(new Error(`the run ended with ${code ?? signal}`));
    });
  });
}

/** Kills come at ever later rows, some soon after the start. */
async function runKilled(folder: string, day: number, kills: number, count: number): Promise<RunResult> {
  let killed = 0;
  for (let at = 0; at < kills; at++) {
    const rows = 1 + Math.floor((Math.random() * count) / kills);
    if ((await child(folder, day, rows)) === undefined) killed += 1;
  }
  const last = await child(folder, day, undefined);
  if (last === undefined) throw new Error('the run did not end');
  return { ...last, kills: killed };
}

async function main(count: number, kills: number, place: string): Promise<number> {
  const folder = mkdtempSync(join(place, 'cosette-lifecycle-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const filling = await openWorld(folder, START_MS, 'relaxed');
  const startedAt = performance.now();
  await fill(filling, count, (done) => process.stderr.write(`filling: ${done} of ${count}\n`));
  process.stderr.write(`filled in ${Math.round((performance.now() - startedAt) / 1_000)} s\n`);
  await filling.close();
  const results: RunResult[] = [];
  const wrong: string[] = [];
  let world = await openWorld(folder, START_MS);
  for (const day of RUN_DAYS) {
    const midnightMs = midnightBefore(GMT_8, START_MS + day * DAY_MS);
    const expected = new Map<string, Map<string, string>>();
    for (const bucket of BUCKETS) expected.set(bucket, await expectedOf(world, bucket, midnightMs));
    if (kills === 0) {
      results.push(await runDay(world, day, () => undefined));
    } else {
      await world.close();
      results.push(await runKilled(folder, day, kills, count));
      world = await openWorld(folder, START_MS + day * DAY_MS);
    }
    process.stderr.write(`day ${day}: ${JSON.stringify(results.at(-1))}\n`);
    for (const [bucket, states] of expected) {
      states.set('meanwhile', 'STANDARD');
      if (bucket === VERSIONED_BUCKET) states.delete('meanwhile');
      for (const line of await compare(world, bucket, states)) wrong.push(`day ${day}, ${bucket}: ${line}`);
    }
  }
  await world.close();
  print(results, count);
  for (const line of wrong) console.log(line);
  console.log(wrong.length === 0 ? `all ${count} objects are as they must be` : 'NOT as it must be');
  return wrong.length === 0 ? 0 : 1;
}

const marked = new Map<string, string>();

/** Keys that have got their marker stay marked. */
async function expectedOf(world: World, bucket: string, midnightMs: number): Promise<Map<string, string>> {
  const states = await expectedAt(world, bucket, midnightMs);
  if (bucket !== VERSIONED_BUCKET) return states;
  for (const [key, state] of states) if (state === 'marked') marked.set(key, state);
  return new Map([...states, ...marked]);
}

function print(results: readonly RunResult[], count: number): void {
  const header = [
    'day',
    'kills',
    'rows looked at',
    'zones read',
    'not read',
    'expired',
    'moved',
    's',
    'CPU s',
    'PUT p50 ms',
    'p99',
  ];
  const lines = results.map((r) => [
    String(r.day),
    String(r.kills),
    ...[r.rows, r.zones, r.zonesSkipped, r.expired, r.moved].map((value) => value.toLocaleString('en')),
    number(r.ms / 1_000),
    number(r.cpuMs / 1_000),
    number(r.putP50Ms),
    number(r.putP99Ms),
  ]);
  console.log(
    `${count.toLocaleString('en')} objects${results.some(({ kills }) => kills > 0) ? '; of killed runs only the last is counted' : ''}`,
  );
  console.log(table([header, ...lines]));
}

const { values } = parseArgs({
  options: {
    objects: { type: 'string', default: '1000000' },
    kills: { type: 'string', default: '0' },
    folder: { type: 'string', default: tmpdir() },
    worker: { type: 'string' },
    day: { type: 'string', default: '0' },
  },
});
if (values.worker !== undefined) {
  await work(values.worker, Number(values.day));
} else {
  process.exitCode = await main(Number(values.objects), Number(values.kills), values.folder);
}

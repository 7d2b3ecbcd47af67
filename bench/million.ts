/**
 * `node scripts/run.mjs bench/million.ts`: one bucket of 1,000,000 objects and one of 10,000, filled over HTTP; then
 * pages of both, side by side. A page costs what it holds, not what the bucket holds: rows looked at (from the server's
 * access log) and time must be alike.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { listedKeys } from './cases.ts';
import { createBucket, fill } from './fill.ts';
import { Histogram } from './histogram.ts';
import { LoadGenerator } from './load/generator.ts';
import type { Target } from './load/job.ts';
import { refuseWrong } from './measure.ts';
import { cpuMs, peakRss, rss } from './process-stats.ts';
import { number, table } from './report.ts';
import { listJob } from './rows.ts';
import { type CosetteServer, startCosette } from './targets/cosette.ts';

const SMALL = 10_000;
const PAGES = 200;
/** From the answer to its line in the access log, ms. */
const LOG_MS = 1_500;

interface PageRow {
  readonly keys: number;
  readonly page: 'middle' | 'delimiter';
  readonly rows: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly cpuMs: number | undefined;
}

class Million {
  readonly #generator = new LoadGenerator();
  readonly #server: CosetteServer;
  readonly #accessFile: string;

  constructor(server: CosetteServer, accessFile: string) {
    this.#server = server;
    this.#accessFile = accessFile;
  }

  /** @returns objects per second */
  async fill(count: number): Promise<number> {
    const target = this.#target(count);
    await createBucket(this.#generator, target);
    const startedAt = performance.now();
    let rate = 0;
    await fill(this.#generator, target, listedKeys(count), 0, (done) => {
      rate = (done * 1000) / (performance.now() - startedAt);
      const memory = number((rss(this.#server.pid) ?? Number.NaN) / 1e6);
      process.stderr.write(`filling: ${done} of ${count}, ${Math.round(rate)} ops/s, server ${memory} MB\n`);
    });
    return rate;
  }

  async pages(keys: number, page: PageRow['page']): Promise<PageRow> {
    const job = listJob({ keys, page, connections: 1 }, this.#target(keys));
    await this.#generator.assign(job);
    refuseWrong(await this.#generator.run({ ms: 10_000, requests: 20 }), job);
    const before = cpuMs(this.#server.pid);
    const result = await this.#generator.run({ ms: 60_000, requests: PAGES });
    refuseWrong(result, job);
    const spent = (cpuMs(this.#server.pid) ?? Number.NaN) - (before ?? Number.NaN);
    const latencies = new Histogram(result.latencies);
    await new Promise((resolve) => setTimeout(resolve, LOG_MS));
    return {
      keys,
      page,
      rows: this.#rowsOfLastPage(),
      p50Ms: latencies.quantile(0.5),
      p99Ms: latencies.quantile(0.99),
      cpuMs: Number.isNaN(spent) ? undefined : spent / result.requests,
    };
  }

  close(): void {
    this.#generator.close();
  }

  #target(count: number): Target {
    return this.#server.target(`list-${count}`);
  }

  #rowsOfLastPage(): number {
    const lines = readFileSync(this.#accessFile, 'utf8').trimEnd().split('\n');
    const { rows } = JSON.parse(lines.at(-1)!) as { rows?: number };
    if (rows === undefined) throw new Error('the access log does not tell the rows of a page');
    return rows;
  }
}

async function run(count: number, place: string): Promise<void> {
  const folder = mkdtempSync(join(place, 'cosette-million-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const accessFile = join(folder, 'access.log');
  const flags = ['--log-format', 'json', '--log-access-file', accessFile];
  const filling = await startCosette(folder, ['--log-access', 'false']);
  const first = new Million(filling, accessFile);
  await first.fill(SMALL);
  const rate = await first.fill(count);
  const filledPeak = peakRss(filling.pid);
  first.close();
  await filling.stop();

  const server = await startCosette(folder, flags);
  const startMs = server.startMs;
  const million = new Million(server, accessFile);
  const rows: PageRow[] = [];
  for (const page of ['middle', 'delimiter'] as const) {
    for (const keys of [SMALL, count]) rows.push(await million.pages(keys, page));
  }
  million.close();
  const peak = peakRss(server.pid);
  await server.stop();

  const lines = rows.map(({ keys, page, rows: visited, p50Ms, p99Ms, cpuMs: cpu }) => [
    `1,000 ${page === 'middle' ? 'keys, from the middle' : 'common prefixes'}`,
    keys.toLocaleString('en'),
    String(visited),
    number(p50Ms),
    number(p99Ms),
    number(cpu),
  ]);
  console.log(table([['page', 'bucket', 'rows looked at', 'p50 ms', 'p99 ms', 'CPU ms'], ...lines]));
  console.log(`filled with ${Math.round(rate)} ops/s; start with ${count} keys: ${Math.round(startMs)} ms`);
  const mb = (bytes: number | undefined): string => number(bytes === undefined ? undefined : bytes / 1e6);
  console.log(`peak memory of the server: ${mb(filledPeak)} MB while filling, ${mb(peak)} MB while listing`);
}

try {
  const { values } = parseArgs({
    options: { keys: { type: 'string', default: '1000000' }, folder: { type: 'string', default: tmpdir() } },
  });
  const count = Number(values.keys);
  if (!Number.isInteger(count) || count < SMALL || count > 9_000_000) throw new Error('--keys takes 10000 to 9000000');
  await run(count, values.folder);
} catch (error) {
  console.error(`million: ${(error as Error).message}`);
  process.exit(1);
}

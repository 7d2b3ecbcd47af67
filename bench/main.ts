/**
 * `npm run bench`: the built server under load, beside bare node:http in the same run. Figures of one machine in one
 * minute; hold on to ratios and to CPU time per request.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { arch, cpus, platform, release } from 'node:os';
import { join } from 'node:path';
import { type Case, FULL, listCases, listedKeys, MIB, nameOf, objectCases, QUICK } from './cases.ts';
import { createBucket, fill } from './fill.ts';
import { type Idle, judgeFloors } from './floors.ts';
import { LoadGenerator } from './load/generator.ts';
import { median } from './measure.ts';
import { type BenchOptions, readOptions, USAGE } from './options.ts';
import { rss } from './process-stats.ts';
import { renderFloors, renderRows } from './report.ts';
import { type Bench, ListRows, OBJECT_BUCKET, ObjectRows, type Row } from './rows.ts';
import { runS3 } from './s3.ts';
import { startBareServer } from './targets/bare.ts';
import { startCosette } from './targets/cosette.ts';

const STARTS = 3;
/** From the start until idle memory is read, ms. */
const SETTLE_MS = 1_500;
const LONGEST = 64 * MIB;

async function measureIdle(folder: string, serve: readonly string[]): Promise<Idle> {
  const starts: number[] = [];
  const memory: number[] = [];
  for (let count = 0; count < STARTS; count++) {
    const place = mkdtempSync(join(folder, 'start-'));
    const server = await startCosette(place, serve);
    starts.push(server.startMs);
    if (count === 0) {
      await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
      const bytes = rss(server.pid);
      if (bytes !== undefined) memory.push(bytes);
    }
    await server.stop();
  }
  return { startMs: median(starts), rss: memory[0] };
}

async function measureRows(bench: Bench, options: BenchOptions): Promise<Row[]> {
  const wanted = (row: Case): boolean =>
    options.only.length === 0 || options.only.some((text) => nameOf(row).includes(text));
  const rows: Row[] = [];
  const measured = (row: Row): void => {
    rows.push(row);
    bench.say(`${row.name}: ${Math.round(row.real.perSecond)} ops/s, ${row.ratio.toFixed(2)} × bare\n`);
  };
  const { server, generator } = bench.real;
  await createBucket(generator, server.target(OBJECT_BUCKET));
  const objects = new ObjectRows(bench);
  if (objectCases(options.quick).some(wanted)) await objects.warmUp(bench.effort.warmUpMs);
  for (const row of objectCases(options.quick)) if (wanted(row)) measured(await objects.measure(row));
  const lists = new ListRows(bench);
  const filled = new Set<number>();
  for (const row of listCases(options.quick)) {
    if (!wanted(row)) continue;
    const target = server.target(`list-${row.keys}`);
    if (!filled.has(row.keys)) {
      filled.add(row.keys);
      await createBucket(generator, target);
      const startedAt = performance.now();
      await fill(generator, target, listedKeys(row.keys), 0, (done) => {
        const perSecond = (done * 1000) / (performance.now() - startedAt);
        bench.say(`filling: ${done} of ${row.keys} keys, ${Math.round(perSecond)} ops/s\n`);
      });
    }
    measured(await lists.measure(row, target));
  }
  return rows;
}

async function run(options: BenchOptions): Promise<void> {
  if (options.s3) {
    const passed = await runS3(options);
    if (options.enforce && !passed) process.exitCode = 1;
    return;
  }
  const folder = mkdtempSync(join(options.folder, 'cosette-bench-'));
  const generators = { real: new LoadGenerator(), bare: new LoadGenerator() };
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const startedAt = performance.now();
  const idle = options.only.length === 0 ? await measureIdle(folder, options.serve) : undefined;
  const bareServer = await startBareServer(folder, LONGEST);
  const server = await startCosette(folder, options.serve);
  const bench: Bench = {
    folder,
    effort: options.quick ? QUICK : FULL,
    real: { server, generator: generators.real },
    bare: { server: bareServer, generator: generators.bare },
    say: (text) => process.stderr.write(text),
  };
  const rows = await measureRows(bench, options);
  generators.real.close();
  generators.bare.close();
  await bareServer.stop();
  await server.stop();
  const floors = judgeFloors(rows, idle);
  const machine = `${cpus().length} × ${cpus()[0]?.model.trim() ?? '?'}, ${platform()} ${release()} ${arch()}`;
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  if (options.json) {
    const { quick, serve } = options;
    console.log(JSON.stringify({ machine, node: process.version, quick, serve, seconds, idle, rows, floors }, null, 2));
  } else {
    console.log(`\n${machine}, Node ${process.version}, ${seconds} s\n`);
    console.log(renderRows(rows));
    console.log(renderFloors(floors));
    if (options.quick) console.log('--quick lists at most 20,000 keys; the floors of lists need a full run.');
  }
  if (options.enforce && floors.some(({ met }) => met === false)) process.exitCode = 1;
}

try {
  const options = readOptions(process.argv.slice(2));
  if (options === undefined) console.log(USAGE);
  else await run(options);
} catch (error) {
  console.error(`bench: ${(error as Error).message}`);
  process.exit(1);
}

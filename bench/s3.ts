/**
 * `npm run bench -- --s3`: what the other protocol costs. Requests of Amazon S3 and of COS to the same server, in turn:
 * without the digest of the body both must be as fast; with it an upload costs its SHA-256 and no more.
 */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Effort, FULL, KIB, MIB, mostRequests, QUICK, sizeText, workingSet } from './cases.ts';
import { createBucket, fill } from './fill.ts';
import { LoadGenerator } from './load/generator.ts';
import { bodyOf, type Job, type KeySpace, type Signing } from './load/job.ts';
import { type Measured, measure, median } from './measure.ts';
import type { BenchOptions } from './options.ts';
import { number, table } from './report.ts';
import { startCosette } from './targets/cosette.ts';

/** Requests of S3 by those of COS, without the digest of the body. */
const FLOOR = 0.9;
/** Pairs of stretches at most, by those of the effort. */
const MOST_ROUNDS = 6;
/** What a signed upload may cost beside its SHA-256, of the CPU time of an unsigned one. */
const SPARE = 1.25;

const ROWS = [
  [4 * KIB, 64],
  [64 * KIB, 16],
  [MIB, 16],
] as const;

interface S3Row {
  readonly name: string;
  readonly measured: Measured;
  readonly passed: boolean;
  /** What decides. */
  readonly limit: string;
}

/** @returns whether every row holds its floor */
export async function runS3({ quick, folder, serve, json }: BenchOptions): Promise<boolean> {
  const place = mkdtempSync(join(folder, 'cosette-bench-'));
  process.once('exit', () => rmSync(place, { recursive: true, force: true }));
  const effort = inTurn(quick ? QUICK : FULL);
  const mostRounds = effort.rounds * MOST_ROUNDS;
  const generators = { real: new LoadGenerator(), bare: new LoadGenerator() };
  const server = await startCosette(place, serve);
  const target = server.target('bench');
  await createBucket(generators.real, target);
  const rows: S3Row[] = [];
  let written = 0;

  const compare = async (
    method: 'PUT' | 'GET',
    size: number,
    connections: number,
    signings: readonly [Signing, Signing],
    settle?: { readonly floor: number; readonly mostRounds: number },
  ) => {
    const job = (signing: Signing): Job => {
      const keys: KeySpace =
        method === 'GET'
          ? { prefix: `r/${size}/`, count: workingSet(size) }
          : { prefix: `w/${written++}/`, count: mostRequests(size, effort.ms) * (mostRounds + 1) };
      const order = method === 'GET' ? 'around' : 'once';
      return { target, signing, method, keys, order, bytes: size, connections, status: 200 };
    };
    const side = (which: 'real' | 'bare', signing: Signing) => ({
      generator: generators[which],
      pid: server.pid,
      job: job(signing),
    });
    const requests = mostRequests(size, effort.ms);
    return measure(side('real', signings[0]), side('bare', signings[1]), {
      effort,
      requests,
      ...(settle && { settle }),
    });
  };
  const add = (row: S3Row): void => {
    rows.push(row);
    process.stderr.write(`${row.name}: ${row.measured.ratio.toFixed(2)} × (${row.limit})\n`);
  };

  for (const [size, connections] of ROWS) {
    await fill(generators.real, target, { prefix: `r/${size}/`, count: workingSet(size) }, size);
    for (const method of ['PUT', 'GET'] as const) {
      // The first pair is for the compiler: the code of neither protocol has run often enough before.
      if (size === ROWS[0][0]) await compare(method, size, connections, ['s3-unsigned', 'cos']);
      const settle = { floor: FLOOR, mostRounds };
      const measured = await compare(method, size, connections, ['s3-unsigned', 'cos'], settle);
      const name = `${method} ${sizeText(size)} × ${connections}, S3 by COS`;
      add({ name, measured, passed: measured.ratio >= FLOOR, limit: `at least ${FLOOR}` });
    }
    const measured = await compare('PUT', size, connections, ['s3-signed', 's3-unsigned']);
    const unsigned = measured.bare.cpuMsPerRequest ?? Number.NaN;
    const allowed = unsigned * SPARE + sha256Ms(size);
    const spent = measured.real.cpuMsPerRequest ?? Number.NaN;
    add({
      name: `PUT ${sizeText(size)} × ${connections}, signed by unsigned payload`,
      measured,
      passed: !(spent > allowed),
      limit: `CPU ${spent.toFixed(3)} ms of at most ${allowed.toFixed(3)} ms`,
    });
  }
  generators.real.close();
  generators.bare.close();
  await server.stop();
  if (json) console.log(JSON.stringify({ quick, rows }, null, 2));
  else console.log(`\n${render(rows)}`);
  return rows.every(({ passed }) => passed);
}

/** Both sides run on one server: many short stretches in turn, so that neither has the better moments of it. */
const inTurn = ({ ms, rounds, ...rest }: Effort): Effort => ({ ...rest, ms: ms / 2, rounds: rounds * 3 });

/** Median of a few, ms for one body. */
function sha256Ms(bytes: number): number {
  const body = bodyOf(bytes);
  const count = Math.max(3, Math.ceil((16 * MIB) / bytes));
  const times = Array.from({ length: 5 }, () => {
    const startedAt = performance.now();
    for (let i = 0; i < count; i++) createHash('sha256').update(body).digest();
    return (performance.now() - startedAt) / count;
  });
  return median(times);
}

function render(rows: readonly S3Row[]): string {
  const lines = rows.map(({ name, measured: { real, bare, ratio }, limit, passed }) => [
    name,
    number(real.perSecond),
    number(bare.perSecond),
    number(real.cpuMsPerRequest),
    number(bare.cpuMsPerRequest),
    ratio.toFixed(2),
    limit,
    passed ? 'pass' : 'MISS',
  ]);
  return table([['row', 'ops/s', 'beside ops/s', 'CPU ms', 'beside CPU ms', '×', 'wanted', ''], ...lines]);
}

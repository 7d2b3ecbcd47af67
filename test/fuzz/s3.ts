/**
 * `node scripts/run.mjs test/fuzz/s3.ts`: takes valid signed heads and chunked bodies of Amazon S3, changes their bytes,
 * and gives them to the check and the decoder. None may be accepted that says something else, none may break anything,
 * take long or stay in memory.
 */
import { parseArgs } from 'node:util';
import { fuzzS3 } from './s3-run.ts';

const USAGE = `usage: node scripts/run.mjs test/fuzz/s3.ts [options]
  --heads <n>   heads that are mutated (default: 60000)
  --bodies <n>  bodies that are mutated (default: 40000)
  --seed <n>    repeats the choices of an earlier run (default: from the clock)`;

function numberOf(text: string | undefined, fallback: number): number {
  const number = text === undefined ? fallback : Number(text);
  if (Number.isSafeInteger(number) && number >= 0) return number;
  console.error(USAGE);
  process.exit(2);
}

const table = (title: string, counts: ReadonlyMap<string, number>): string =>
  `${title}\n${[...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([name, times]) => `  ${String(times).padStart(7)}  ${name}`)
    .join('\n')}\n`;

const { values } = parseArgs({
  options: { heads: { type: 'string' }, bodies: { type: 'string' }, seed: { type: 'string' } },
});
const seed = numberOf(values.seed, Date.now() % 2 ** 31);
const startMs = performance.now();
const figures = await fuzzS3(seed, numberOf(values.heads, 60_000), numberOf(values.bodies, 40_000));
const { heads, bodies, violations, slowestMs, intactAccepted, intactRefused, heapEarly, heapLate } = figures;
const of = (kind: string): number => violations.filter((violation) => violation.kind === kind).length;
const mib = (bytes: number): string => (bytes / 1024 / 1024).toFixed(1);
console.log(
  [
    `seed ${seed}: ${heads} heads and ${bodies} bodies in ${((performance.now() - startMs) / 1_000).toFixed(1)} s`,
    `wrongly accepted ${of('accepted')}, wrongly refused ${of('refused')}, crashes ${of('crash')}, over 1 s ${of('slow')}, slowest ${slowestMs.toFixed(1)} ms`,
    `heap ${mib(heapEarly)} MiB early, ${mib(heapLate)} MiB late`,
    `besides, mutations that change nothing of what is said: ${intactAccepted} accepted, ${intactRefused} refused`,
    table('by form', figures.byForm),
    table('by answer', figures.byCode),
  ].join('\n'),
);
for (const violation of violations) console.log(JSON.stringify(violation));
process.exitCode = violations.length === 0 ? 0 : 1;

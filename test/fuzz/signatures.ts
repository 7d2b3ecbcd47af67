/**
 * `npm run test:fuzz`: takes valid signed requests of all forms, mutates their signatures, and sends them to a server in
 * this process, a share of them over a socket. None may be accepted, none may break anything or take long.
 */
import { parseArgs } from 'node:util';
import { type Figures, fuzz } from './run.ts';
import { openWorld } from './world.ts';

const USAGE = `usage: npm run test:fuzz -- [options]
  --cases <n>    signatures that are mutated (default: 100000)
  --sockets <n>  how many of them go over a socket (default: 5000)
  --seed <n>     repeats the choices of an earlier run (default: from the clock)`;

function numberOf(text: string | undefined, fallback: number): number {
  const number = text === undefined ? fallback : Number(text);
  if (Number.isSafeInteger(number) && number >= 0) return number;
  console.error(USAGE);
  process.exit(2);
}

function table(title: string, counts: ReadonlyMap<string, number>, rows = 30): string {
  const sorted = [...counts].sort(([, a], [, b]) => b - a);
  const lines = sorted.slice(0, rows).map(([name, times]) => `  ${String(times).padStart(7)}  ${name}`);
  if (sorted.length > rows) lines.push(`           and ${sorted.length - rows} more`);
  return `${title}\n${lines.join('\n')}\n`;
}

function report(figures: Figures, seed: number, seconds: number): string {
  const { cases, overSocket, violations, slowestMs, intactAccepted, intactRefused } = figures;
  const of = (kind: string) => violations.filter((violation) => violation.kind === kind).length;
  return [
    `seed ${seed}: ${cases} mutated signatures in ${seconds.toFixed(1)} s, ${overSocket} of them over a socket`,
    `accepted ${of('accepted')}, crashes ${of('crash')}, hangs ${of('hang')}, over 1 s ${of('slow')}, malformed answers ${of('malformed')}, slowest ${slowestMs.toFixed(1)} ms`,
    `besides, mutations that change nothing of what is signed: ${intactAccepted} accepted, ${intactRefused} refused`,
    table('by form', figures.byForm),
    table('by answer', figures.byCode),
    table('changed nothing of what is signed, and accepted', figures.intactBy, 20),
  ].join('\n');
}

const { values } = parseArgs({
  options: { cases: { type: 'string' }, sockets: { type: 'string' }, seed: { type: 'string' } },
});
const seed = numberOf(values.seed, Date.now() % 2 ** 31);
const cases = numberOf(values.cases, 100_000);
const overSocket = Math.min(cases, numberOf(values.sockets, 5_000));
const world = await openWorld();
const startMs = performance.now();
const figures = await fuzz(world, { seed, cases, overSocket });
process.stdout.write(report(figures, seed, (performance.now() - startMs) / 1_000));
for (const violation of figures.violations) console.log(JSON.stringify(violation));
await world.close();
process.exitCode = figures.violations.length === 0 ? 0 : 1;

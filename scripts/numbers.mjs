/**
 * `npm run numbers`: measures how long a start takes and how large the package is, prints it and writes docs/numbers.md.
 * Times depend on the machine, so its kind stands beside them.
 */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuilt, ensureInstalled, root } from './ensure.mjs';
import { pack } from './pack.mjs';

const ROUNDS = 5;
const READY_MS = 20_000;
const main = join(root, 'dist', 'cli', 'main.js');

ensureInstalled();
ensureBuilt();
const work = mkdtempSync(join(tmpdir(), 'cosette-numbers-'));
process.once('exit', () => rmSync(work, { recursive: true, force: true }));

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** @returns {Promise<number>} ms from the start of the process to its ready file */
async function coldStart(folder) {
  const ready = join(folder, 'ready.json');
  rmSync(ready, { force: true });
  const flags = ['serve', '--data', join(folder, 'data'), '--port', '0', '--ready-file', ready];
  const began = performance.now();
  const child = spawn(process.execPath, [main, ...flags], { cwd: root, stdio: 'ignore' });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  while (!existsSync(ready)) {
    if (child.exitCode !== null || performance.now() - began > READY_MS) throw new Error('the server is not ready');
    await pause(1);
  }
  const ms = performance.now() - began;
  child.kill('SIGTERM');
  await ended;
  return ms;
}

async function coldStarts(folderOf) {
  const times = [];
  for (let round = 0; round < ROUNDS; round += 1) times.push(await coldStart(folderOf(round)));
  return median(times);
}

const node = (...args) => execFileSync(process.execPath, args, { cwd: root, encoding: 'utf8' });

function inProcess() {
  const text = `
    const began = performance.now();
    const { startCosette } = await import('cosette/testing');
    const loaded = performance.now();
    const server = await startCosette();
    console.log(JSON.stringify([loaded - began, performance.now() - loaded]));
    await server.stop();`;
  const times = Array.from({ length: ROUNDS }, () => JSON.parse(node('--input-type=module', '-e', text)));
  return { importMs: median(times.map(([ms]) => ms)), firstMs: median(times.map(([, ms]) => ms)) };
}

const newFolder = () => mkdtempSync(join(work, 'new-'));
function bareStart() {
  const began = performance.now();
  node('-e', '0');
  return performance.now() - began;
}

const bareMs = median(Array.from({ length: ROUNDS }, bareStart));
const firstStartMs = await coldStarts(newFolder);
const used = newFolder();
await coldStart(used);
const nextStartMs = await coldStarts(() => used);
const { importMs, firstMs } = inProcess();
const many = JSON.parse(node('--expose-gc', join('examples', 'testing', 'many-servers.mjs'), '100'));
const packed = pack(work);

const ms = (value) => (value < 10 ? value.toFixed(1) : String(Math.round(value)));
const mib = (bytes) => (bytes / 1024 ** 2).toFixed(2);
const rows = [
  ['`node -e 0`, which is in both of the next two', `${ms(bareMs)} ms`],
  ['`cosette serve` on a new folder, from the start of the process to the ready file', `${ms(firstStartMs)} ms`],
  ['the same on a folder that is there', `${ms(nextStartMs)} ms`],
  ["`import('cosette/testing')`, without the start of Node", `${ms(importMs)} ms`],
  ['the first `startCosette()` of a process, in memory', `${ms(firstMs)} ms`],
  ['`startCosette()` in memory, median of 100 after 100', `${ms(many.medianMs)} ms`],
  [
    'memory (RSS) after those 100 were stopped, against before',
    `${mib(many.after.rssBytes - many.before.rssBytes)} MiB`,
  ],
  ['the package, packed', `${mib(packed.packedBytes)} MiB`],
  ['the package, unpacked', `${mib(packed.unpackedBytes)} MiB`],
  ['files in the package', String(packed.files.length)],
];
const where = `${process.platform} ${process.arch}, ${availableParallelism()} cores, Node ${process.version}`;
const lines = [
  '# Numbers',
  '',
  '<!-- Written by `npm run numbers`. Do not edit. -->',
  '',
  `Measured by \`npm run numbers\` on ${where}, with a load of ${loadavg()[0].toFixed(1)}. Times are medians of ${ROUNDS}`,
  'where nothing else is said. Dependencies are not part of the size of the package.',
  '',
  '| what | value |',
  '| --- | --- |',
  ...rows.map(([what, value]) => `| ${what} | ${value} |`),
  '',
];
writeFileSync(join(root, 'docs', 'numbers.md'), lines.join('\n'));
for (const [what, value] of rows) console.log(`${value.padStart(10)}  ${what}`);

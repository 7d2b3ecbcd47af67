/**
 * `npm test`: installs, then checks types, lint and format, builds, and runs every test (architecture, unit,
 * end-to-end). Stops at the first stage that fails. The last line is `N passed, N failed`: the tests plus one for each
 * other stage. Arguments go to vitest (`npm test -- src/http`).
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureInstalled, root } from './ensure.mjs';

const modules = join(root, 'node_modules');
const started = performance.now();
let passed = 0;
let failed = 0;

const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`;

/** Runs one stage: a program of node_modules by its file. Returns whether it succeeded. */
function run(args) {
  return spawnSync(process.execPath, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] }).status === 0;
}

/** Prints the stage's name, its result and time; counts it. */
function stage(name, action) {
  console.log(`\n== ${name}`);
  const since = performance.now();
  const ok = action();
  console.log(`== ${name}: ${ok ? 'passed' : 'FAILED'} in ${seconds(since)}`);
  if (ok) passed += 1;
  else failed += 1;
  if (!ok) finish();
}

function finish() {
  console.log(`\n${seconds(started)} in all\n${passed} passed, ${failed} failed`);
  process.exit(failed === 0 ? 0 : 1);
}

/** Runs vitest and counts its tests from its JSON report; a file that cannot be loaded counts as one failure. */
function tests(args) {
  const folder = mkdtempSync(join(tmpdir(), 'cosette-test-'));
  const report = join(folder, 'report.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const ok = run([join(modules, 'vitest', 'vitest.mjs'), 'run', ...reporters, ...args]);
  let result;
  try {
    result = JSON.parse(readFileSync(report, 'utf8'));
  } catch {
    result = undefined;
  }
  rmSync(folder, { recursive: true, force: true });
  if (result === undefined) return { ok: false, passed: 0, failed: 1 };
  const unloaded = result.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0);
  const failures = result.numFailedTests + unloaded.length;
  return { ok, passed: result.numPassedTests, failed: failures === 0 && !ok ? 1 : failures };
}

stage('install', () => {
  if (!ensureInstalled()) console.log('node_modules matches package-lock.json');
  return true;
});
stage('types', () => run([join(modules, 'typescript', 'bin', 'tsc'), '-p', 'tsconfig.json']));
stage('lint', () => run([join(modules, '@biomejs', 'biome', 'bin', 'biome'), 'check', '.']));
stage('build', () => run([join(root, 'scripts', 'ensure.mjs'), 'build']));

console.log('\n== tests');
const since = performance.now();
const outcome = tests(process.argv.slice(2));
passed += outcome.passed;
failed += outcome.failed;
console.log(`== tests: ${outcome.ok ? 'passed' : 'FAILED'} in ${seconds(since)}`);
finish();

/**
 * Makes a clone ready to run, with nothing but Node and npm: installs what the lockfile names, compiles what is newer
 * than its output. Both steps look before they act and cost milliseconds when nothing changed.
 *
 * `node scripts/ensure.mjs [install | build | tools]`: `build` also type-checks.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** The root of the clone. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

const modules = join(root, 'node_modules');
/** Output of the compiled tools (bench, crash test, generators): mirrors the clone's folders. */
export const toolsDir = join(modules, '.cache', 'cosette-tools');

/**
 * Runs a program of Node's own in the clone and waits; ends this process when it fails.
 * @param {string[]} args arguments of `node`
 * @param {string} what named in the message of a failure
 */
function runNode(args, what) {
  const result = spawnSync(process.execPath, args, { cwd: root, stdio: ['ignore', 2, 2] });
  if (result.status === 0) return;
  console.error(`cosette: ${what} failed${result.error ? `: ${result.error.message}` : ''}`);
  process.exit(result.status || 1);
}

/** Runs npm, by the file npm named itself when it started us, else from the path. */
function runNpm(args) {
  const npm = process.env.npm_execpath;
  if (npm?.endsWith('.js')) {
    runNode([npm, ...args], `npm ${args.join(' ')}`);
    return;
  }
  const result = spawnSync('npm', args, { cwd: root, stdio: ['ignore', 2, 2], shell: process.platform === 'win32' });
  if (result.status === 0) return;
  console.error(`cosette: npm ${args.join(' ')} failed${result.error ? `: ${result.error.message}` : ''}`);
  process.exit(result.status || 1);
}

/**
 * What differs between the lockfile and node_modules, or undefined. Contents are compared, not times: a checkout that
 * only touches the lockfile must not cost an install.
 */
function installedDifference() {
  const record = join(modules, '.package-lock.json');
  if (!existsSync(record)) return 'node_modules is missing';
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  const present = JSON.parse(readFileSync(record, 'utf8')).packages;
  for (const [path, entry] of Object.entries(wanted)) {
    if (path === '' || entry.link) continue;
    const found = present[path];
    if (found === undefined ? !entry.optional : found.version !== entry.version) return `${path} ${entry.version}`;
  }
  for (const path of Object.keys(present)) if (!(path in wanted)) return `${path} is no longer wanted`;
  return undefined;
}

/** Runs `npm ci` when node_modules does not hold what package-lock.json names. Returns whether it did. */
export function ensureInstalled() {
  const difference = installedDifference();
  if (difference === undefined) return false;
  console.error(`cosette: installing dependencies (${difference})`);
  runNpm(['ci', '--no-audit', '--no-fund']);
  return true;
}

/** Path, size and time of every file below the named files and folders that decides the output. */
function fingerprint(names) {
  const hash = createHash('sha1').update(process.version);
  const visit = (path) => {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined) return;
    if (stat.isDirectory()) {
      for (const name of readdirSync(path).sort()) if (name !== 'node_modules') visit(join(path, name));
      return;
    }
    hash.update(`${path}\n${stat.size} ${stat.mtimeMs}\n`);
  };
  for (const name of names) visit(join(root, name));
  return hash.digest('hex');
}

/**
 * Compiles into a new folder and puts it in the place of the old one, so that a process that starts meanwhile sees
 * one state or the other and files of deleted sources do not stay behind.
 */
function compile(outDir, sources, args, check) {
  const stamp = join(outDir, '.build-stamp');
  const state = fingerprint([
    ...sources,
    'scripts/bundle.mjs',
    'tsconfig.json',
    'tsconfig.build.json',
    'package.json',
    'package-lock.json',
  ]);
  const checked = `${state} checked`;
  const found = existsSync(stamp) ? readFileSync(stamp, 'utf8') : undefined;
  if (found === checked || (found === state && !check)) return false;
  const fresh = join(modules, '.cache', `cosette-build-${process.pid}`);
  const cleanUp = () => rmSync(fresh, { recursive: true, force: true });
  process.once('exit', cleanUp);
  mkdirSync(fresh, { recursive: true });
  const mode = check ? '--noEmitOnError' : '--noCheck';
  runNode([join(modules, 'typescript', 'bin', 'tsc'), ...args, mode, '--outDir', fresh], 'the TypeScript compiler');
  if (outDir === toolsDir) copyFileSync(join(root, 'package.json'), join(fresh, 'package.json'));
  else runNode([join(root, 'scripts', 'bundle.mjs'), fresh], 'the bundler');
  writeFileSync(join(fresh, '.build-stamp'), check ? checked : state);
  const old = `${fresh}-old`;
  mkdirSync(dirname(outDir), { recursive: true });
  if (existsSync(outDir)) renameSync(outDir, old);
  renameSync(fresh, outDir);
  rmSync(old, { recursive: true, force: true });
  process.removeListener('exit', cleanUp);
  return true;
}

/**
 * Compiles `src` into `dist` when a source is newer. Returns whether it did.
 * @param {{ check?: boolean }} [options] check: type-check too (`npm run build` does)
 */
export function ensureBuilt({ check = false } = {}) {
  return compile(join(root, 'dist'), ['src'], ['-p', 'tsconfig.build.json'], check);
}

/** Compiles src, bench, conformance, proof, test and scripts into `toolsDir` for `run.mjs`. Returns whether it did. */
export function ensureTools() {
  const args = ['-p', 'tsconfig.json', '--noEmit', 'false', '--rootDir', root];
  return compile(
    toolsDir,
    ['src', 'bench', 'conformance', 'proof', 'test', 'scripts', 'vitest.config.ts'],
    args,
    false,
  );
}

if (process.argv[1] !== undefined && pathToFileURL(resolve(process.argv[1])).href === import.meta.url) {
  const what = process.argv[2] ?? 'build';
  ensureInstalled();
  if (what === 'build') {
    console.error(ensureBuilt({ check: true }) ? 'cosette: built dist' : 'cosette: dist is up to date');
  } else if (what === 'tools') {
    ensureTools();
  } else if (what !== 'install') {
    console.error(`cosette: unknown step ${what}; known: install, build, tools`);
    process.exit(2);
  }
}

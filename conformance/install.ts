/** Ways in which clients come onto this machine. Versions are pinned by files beside the drivers. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Skipped } from './client.ts';

/** An installation takes at most so many ms. */
const LONGEST_MS = 600_000;

interface Answer {
  readonly code: number | null;
  readonly output: string;
}

/** Runs a program to its end; the output is both of its streams. */
export function run(program: string, args: readonly string[], cwd?: string, env: NodeJS.ProcessEnv = {}): Answer {
  const result = spawnSync(program, args, {
    ...(cwd === undefined ? {} : { cwd }),
    encoding: 'utf8',
    timeout: LONGEST_MS,
    env: { ...process.env, ...env },
  });
  if (result.error !== undefined) return { code: null, output: result.error.message };
  return { code: result.status, output: `${result.stdout}${result.stderr}` };
}

/** @throws Skipped when the program is not on the path @returns what it says of itself */
export function need(program: string, args: readonly string[]): string {
  const { code, output } = run(program, args);
  if (code !== 0) throw new Skipped(`${program} is not on this machine`);
  return output.trim();
}

/**
 * Installs once for each content of the pinning files: copies them into the folder and runs the step there.
 * @param from folder of the pinning files
 * @throws Skipped when the step fails
 */
export function installOnce(folder: string, from: string, files: readonly string[], step: () => Answer): void {
  const wanted = files.map((file) => readFileSync(join(from, file), 'utf8')).join('\n');
  const stamp = join(folder, '.installed');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  mkdirSync(folder, { recursive: true });
  for (const file of files) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    copyFileSync(join(from, file), join(folder, file));
  }
  const { code, output } = step();
  if (code !== 0)
    throw new Skipped(`it could not be installed: ${output.trim().split('\n').at(-1) ?? ''}`.slice(0, 200));
  writeFileSync(stamp, wanted);
}

/** `npm ci` of the package.json and package-lock.json beside a driver. No package runs a script. */
export function installNpm(folder: string, from: string): void {
  need('npm', ['--version']);
  installOnce(folder, from, ['package.json', 'package-lock.json'], () =>
    run('npm', ['ci', '--no-audit', '--no-fund', '--ignore-scripts', '--fetch-retries=1'], folder),
  );
}

/** Version of a package that npm put into the folder. */
export function npmVersion(folder: string, name: string): string {
  const path = join(folder, 'node_modules', name, 'package.json');
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version;
}

/**
 * A virtual environment with the requirements.txt beside a driver.
 * @returns its interpreter
 */
export function installPython(folder: string, from: string): string {
  need('python3', ['--version']);
  const python = join(folder, 'venv', 'bin', 'python');
  installOnce(folder, from, ['requirements.txt'], () => {
    const made = run('python3', ['-m', 'venv', join(folder, 'venv')]);
    if (made.code !== 0) return made;
    const pip = [
      '-m',
      'pip',
      'install',
      '--quiet',
      '--disable-pip-version-check',
      '--retries=1',
      '-r',
      'requirements.txt',
    ];
    return run(python, pip, folder);
  });
  return python;
}

/** Version of a Python package in the environment. */
export function pythonVersion(python: string, name: string): string {
  const code = 'import sys; from importlib.metadata import version; print(version(sys.argv[1]))';
  return run(python, ['-c', code, name]).output.trim();
}

/**
 * Builds a Go program of the go.mod and go.sum beside a driver into the folder's `bin`.
 * @param sources files beside go.mod that are built with it
 * @param target what is built: a package
 * @param pinned finds the version in go.mod
 * @returns the version
 */
export function installGo(
  folder: string,
  from: string,
  sources: readonly string[],
  target: string,
  pinned: RegExp,
): string {
  need('go', ['version']);
  installOnce(folder, from, ['go.mod', 'go.sum', ...sources], () =>
    run('go', ['build', '-o', `${join(folder, 'bin')}/`, target], folder, { GOFLAGS: '-mod=readonly' }),
  );
  const version = pinned.exec(readFileSync(join(folder, 'go.mod'), 'utf8'))?.[1];
  if (version === undefined) throw new Skipped('its go.mod names no version');
  return version;
}

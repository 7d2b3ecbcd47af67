/** Packs the package as `npm publish` would, and says what came of it. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from './ensure.mjs';

/**
 * `dist` has to be built.
 * @param {string} folder for the tarball
 * @returns {{ path: string, packedBytes: number, unpackedBytes: number, files: string[] }}
 */
export function pack(folder) {
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
  const result = spawnSync('npm', args, { cwd: root, encoding: 'utf8', shell: process.platform === 'win32' });
  if (result.status !== 0) throw new Error(`npm pack failed: ${result.error?.message ?? result.stderr}`);
  const [{ filename, size, unpackedSize, files }] = JSON.parse(result.stdout);
  return {
    path: join(folder, filename),
    packedBytes: size,
    unpackedBytes: unpackedSize,
    files: files.map(({ path }) => path),
  };
}

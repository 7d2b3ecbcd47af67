/** Which end-to-end tests are about which operation: their `describe` blocks carry its name. */
import { readdirSync, readFileSync } from 'node:fs';
import { OPERATIONS } from '../../src/operations/registry.ts';

const FOLDER = 'test/e2e';
const DESCRIBE = /\bdescribe\('(\w+)'/g;

/** Names in test files that are names of registered operations. @param files path → text */
export function testsIn(files: ReadonlyMap<string, string>): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>(OPERATIONS.map(({ name }) => [name, []]));
  for (const path of [...files.keys()].sort()) {
    const names = new Set([...files.get(path)!.matchAll(DESCRIBE)].map((match) => match[1]!));
    for (const name of names) found.get(name)?.push(path);
  }
  return found;
}

/** Name of each operation → paths of its test files, relative to the repository, in order. */
export function operationTests(): ReadonlyMap<string, readonly string[]> {
  const files = new Map<string, string>();
  for (const name of readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.test.ts')) continue;
    const path = `${FOLDER}/${name.replaceAll('\\', '/')}`;
    files.set(path, readFileSync(path, 'utf8'));
  }
  return testsIn(files);
}

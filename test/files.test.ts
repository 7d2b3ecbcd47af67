/** No key can become a path: what knows keys cannot open files. */
import { expect, it } from 'vitest';
import { readSources } from './sources.ts';

/** Who may use the file system, and for what. */
const ALLOWED: readonly string[] = [
  'src/platform/', // the disk behind its interface, configuration, log
  'src/store/local/', // the engine; names of files are ids of its own
  'src/access/key-file.ts', // one file with a fixed name
  'src/access/secrets.ts', // likewise
  'src/features/encryption/keyring-file.ts', // likewise
  'src/cli/', // files the user names
  'src/server/snapshot/', // likewise, and files with fixed names in data folders
];

/** Tests, and what they share. */
const TESTS = /(?:\.test|\/harness|\/fixture)\.ts$/;

it('only the engine, the platform, the key file and the command line use the file system', () => {
  const sources = readSources(['src'], (path) => path.endsWith('.ts') && !TESTS.test(path));
  const users = [...sources]
    .filter(([, text]) => /['"](?:node:)?fs(?:\/promises)?['"]/.test(text))
    .map(([path]) => path);
  expect(users.length).toBeGreaterThan(3);
  expect(users.filter((path) => !ALLOWED.some((allowed) => path.startsWith(allowed)))).toEqual([]);
});

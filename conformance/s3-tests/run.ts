/**
 * `npm run conformance:s3-tests -- --suite DIR --python FILE [-k EXPRESSION]`: runs a checkout of ceph/s3-tests, which is
 * no part of this repository, against a server of its own, and holds what passes against the list in `passing.txt`.
 * `--record` writes that list anew: it may lose no line. Exit 1 when a line of it does not pass.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { SECRET_ID, SECRET_KEY, startServerProcess } from '../../test/support/server-process.ts';
import { configFor, type S3TestAccount } from './config.ts';
import { readResults } from './results.ts';

const PASSING = 'conformance/s3-tests/passing.txt';
const FILES = ['s3tests/functional/test_s3.py', 's3tests/functional/test_headers.py'];
/** What Ceph has and S3 has not, and what is about other services (spec/s3.md §12.1, §12.2). */
const LEFT_OUT = [
  'bucket_logging',
  'bucket_logging_cleanup',
  'cloud_transition',
  'cloud_restore',
  'iam_account',
  'iam_user',
  'iam_tenant',
  'iam_role',
  'iam_cross_account',
  'sns',
];
/** One test, s. */
const TIMEOUT_S = 150;
/** A day of lifecycle rules, as the suite has it, s. */
const DAY_S = 10;
const FLAGS = ['--bare-bucket-names', '--bare-hosts', 'localhost', '--lifecycle-day-ms', `${DAY_S}s`];
const LIMITS = ['--limits-min-part-bytes', '5MiB', '--limits-buckets-per-account', '1000'];

function cosette(...args: string[]): string {
  const result = spawnSync(process.execPath, ['dist/cli/main.js', ...args], {
    encoding: 'utf8',
    env: { ...process.env, COSETTE_SECRET_ID: SECRET_ID, COSETTE_SECRET_KEY: SECRET_KEY },
  });
  if (result.status !== 0) throw new Error(`cosette ${args.join(' ')}: ${result.stderr}`);
  return result.stdout;
}

function account(ready: string, name: string, uin: string, appid: string): S3TestAccount {
  const where = ['--ready-file', ready];
  cosette('account', 'create', name, '--new-uin', uin, '--new-appid', appid, ...where);
  const made = JSON.parse(cosette('key', 'create', '--account', name, '--json', ...where)) as Record<string, unknown>;
  const key = (made['key'] ?? made) as { secretId: string; secretKey: string };
  return { uin, secretId: key.secretId, secretKey: key.secretKey };
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      suite: { type: 'string' },
      python: { type: 'string', default: 'python3' },
      k: { type: 'string', short: 'k' },
      record: { type: 'boolean', default: false },
    },
  });
  const { suite, python, k, record } = values;
  if (suite === undefined) throw new Error('name a checkout of ceph/s3-tests with --suite');
  const work = mkdtempSync(join(tmpdir(), 'cosette-s3-tests-'));
  const server = await startServerProcess({ flags: [...FLAGS, ...LIMITS] });
  try {
    const ready = join(server.folder, 'ready.json');
    const accounts = {
      main: { uin: '100000000001', secretId: SECRET_ID, secretKey: SECRET_KEY },
      alt: account(ready, 'alt', '100000000002', '1250000002'),
      tenant: account(ready, 'tenant', '100000000003', '1250000003'),
      iam: account(ready, 'iam', '100000000004', '1250000004'),
      iamAlt: account(ready, 'iam-alt', '100000000005', '1250000005'),
    };
    const keys = [1, 2].map(
      () => /[0-9a-f-]{36}/.exec(cosette('kms', 'create', '--data', join(server.folder, 'data')))?.[0],
    );
    const config = join(work, 's3tests.conf');
    writeFileSync(config, configFor(server.port, accounts, keys, DAY_S), { mode: 0o600 });
    const report = join(work, 'junit.xml');
    const marks = LEFT_OUT.map((mark) => `not ${mark}`).join(' and ');
    const more = k === undefined ? [] : ['-k', k];
    const options = ['-p', 'no:cacheprovider', '--timeout', String(TIMEOUT_S), '-q', '--tb=line', '-m', marks];
    spawnSync(python, ['-m', 'pytest', ...options, `--junitxml=${report}`, ...more, ...FILES], {
      cwd: resolve(suite),
      env: { ...process.env, S3TEST_CONF: config },
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    judge(readResults(readFileSync(report, 'utf8')), record, k !== undefined);
  } finally {
    await server.remove();
    rmSync(work, { recursive: true, force: true });
  }
}

function judge(results: ReturnType<typeof readResults>, record: boolean, partial: boolean): void {
  const { passed, failed } = results;
  const wanted = readFileSync(PASSING, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
  const lost = wanted.filter((name) => failed.has(name));
  for (const name of lost) console.log(`lost: ${name}: ${failed.get(name)}`);
  const fresh = [...passed].filter((name) => !wanted.includes(name));
  if (fresh.length > 0) console.log(`new: ${fresh.join(', ')}`);
  for (const [name, reason] of failed) if (!lost.includes(name)) console.log(`not passed: ${name}: ${reason}`);
  console.log(`\n${passed.size} passed, ${failed.size} failed; ${wanted.length} are the floor`);
  if (lost.length > 0) process.exitCode = 1;
  else if (record && !partial) writeFileSync(PASSING, `${[...passed].sort().join('\n')}\n`);
}

await main().catch((error) => {
  console.error(`s3-tests: ${(error as Error).message}`);
  process.exit(1);
});

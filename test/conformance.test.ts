/** The machinery of the conformance suite. The clients themselves run by `npm run conformance`. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fact, type Json } from '../conformance/case.ts';
import { applicationEnvironment } from '../conformance/client.ts';
import { CLIENTS } from '../conformance/clients.ts';
import { readOptions } from '../conformance/options.ts';
import { belowFloor, floorName, ranClient, readFloors, readRecord, skippedClient } from '../conformance/record.ts';
import { renderResults } from '../conformance/report.ts';
import { CASES_OF } from '../conformance/run-client.ts';
import { runDriver, same } from '../conformance/run-driver.ts';
import { readSuite, suiteFloor } from '../conformance/vendor-suite.ts';

const NAMES = CLIENTS.map(({ name }) => name);
const A = fact('a', 'one', 'objects §1', { x: 1, y: [1, null] });
const B = fact('b', 'two', 'objects §1', 'seen');

/** Runs a driver that prints these lines. */
const drive = (lines: readonly string[], end = '') => {
  const script = `${lines.map((line) => `console.log(${JSON.stringify(line)});`).join('')}${end}`;
  return runDriver({ program: process.execPath, args: ['-e', script] }, {}, [A, B], 5_000);
};

describe('cases', () => {
  it('have ids that are names of keys, each once, and say where they come from', () => {
    const all = [...CASES_OF.own, ...CASES_OF.proxy, ...CASES_OF.s3, ...CASES_OF['s3-tools']];
    const ids = all.map(({ id }) => id);
    expect(ids.length).toBeGreaterThan(100);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter((id) => !/^[a-z][a-z0-9-]+$/.test(id))).toEqual([]);
    expect(all.filter(({ only }) => only !== undefined && !NAMES.includes(only))).toEqual([]);
    expect(all.filter(({ spec }) => !/^(?:objects|buckets|protocol|access|clients|s3) §\d/.test(spec))).toEqual([]);
  });
});

describe('a driver', () => {
  it('passes with what is expected, in any order of names', async () => {
    const { results, observed } = await drive([
      'noise of a client',
      '{"id":"a","ok":true,"observed":{"y":[1,null],"x":1}}',
      '{"id":"b","ok":true,"observed":"other"}',
    ]);
    expect(results.get('a')).toEqual({ state: 'passed' });
    expect(results.get('b')).toEqual({ state: 'failed', why: 'observed "other"', observed: 'other' });
    expect(observed.get('b')).toBe('other');
  });

  it('leaves cases out with a reason, and fails with one', async () => {
    const { results } = await drive([
      '{"id":"a","ok":false,"leftOut":"cannot"}',
      '{"id":"b","ok":false,"error":"broke"}',
    ]);
    expect(results.get('a')).toEqual({ state: 'left out', why: 'cannot' });
    expect(results.get('b')).toEqual({ state: 'failed', why: 'broke' });
  });

  it('that ends early fails what it did not answer', async () => {
    const { results } = await drive(['{"id":"b","ok":true,"observed":"seen"}'], 'process.exit(3)');
    expect(results.get('a')).toMatchObject({ state: 'failed', why: 'no answer (exit code 3)' });
    expect(results.get('b')).toEqual({ state: 'passed' });
  });

  it('that is not there fails all', async () => {
    const { results } = await runDriver({ program: 'cosette-no-such-program', args: [] }, {}, [A], 5_000);
    expect(results.get('a')).toMatchObject({ state: 'failed', why: expect.stringContaining('ENOENT') });
  });

  it('that hangs is stopped', async () => {
    const hang = { program: process.execPath, args: ['-e', 'setInterval(() => {}, 1000)'] };
    const { results } = await runDriver(hang, {}, [A], 300);
    expect(results.get('a')).toMatchObject({ state: 'failed', why: 'no answer (SIGKILL)' });
  });
});

it('compares observations as JSON', () => {
  const pairs: (readonly [Json, Json, boolean])[] = [
    [{ a: 1, b: 2 }, { b: 2, a: 1 }, true],
    [[1, 2], [2, 1], false],
    [null, 0, false],
    [{ a: null }, {}, false],
  ];
  for (const [a, b, wanted] of pairs) expect(same(a, b)).toBe(wanted);
});

describe('floors', () => {
  it('are broken by a client that passes fewer cases', () => {
    expect(belowFloor({ one: 1, two: 2 }, { one: 2, two: 2 })).toEqual(['one passed 1, fewer than its floor of 2']);
    expect(belowFloor({ one: 1 }, { skipped: 5 })).toEqual([]);
  });

  it('are of known clients, and reached by the recorded results', () => {
    const { clients, httpsProxy: applications = {} } = readRecord();
    const names = [...Object.keys(clients), ...Object.keys(applications)];
    expect(names.filter((name) => !NAMES.includes(name))).toEqual([]);
    const passed = new Map([
      ...Object.entries(clients).map(([name, record]) => [floorName('own', name), record.passed?.length] as const),
      ...Object.entries(applications).map(
        ([name, record]) => [floorName('proxy', name), record.passed?.length] as const,
      ),
      ...Object.entries(readRecord().vendorSuites ?? {}).map(([name, run]) => [suiteFloor(name), run.passed] as const),
    ]);
    const floors = readFloors();
    expect(Object.keys(floors).length).toBeGreaterThan(1);
    for (const [name, floor] of Object.entries(floors)) {
      expect(passed.get(name), name).toBeGreaterThanOrEqual(floor);
    }
  });
});

describe('a run of an SDK suite', () => {
  it('is read from words, and says what it left', () => {
    const run = { suite: 'sdk 1, test.js', passed: 2, total: 3, date: '2026-11-26', left: 'one: media' };
    expect(readSuite(['sdk', '2', '3', run.suite, run.left], run.date)).toEqual({ name: 'sdk', run });
    expect(() => readSuite(['sdk', '2', '3', run.suite], run.date)).toThrow('what did not pass');
    expect(() => readSuite(['sdk', '4', '3', run.suite, ''], run.date)).toThrow('wanted');
  });

  it('is shown, and may not fall', () => {
    const run = { suite: 'sdk 1', passed: 3, total: 3, date: '2026-11-26', left: '' };
    const text = renderResults({ clients: {}, vendorSuites: { sdk: run } }, CASES_OF, NAMES);
    expect(text).toContain('| `sdk` | sdk 1 | 3 of 3 | 2026-11-26 |  |');
    expect(belowFloor({ [suiteFloor('sdk')]: 2 }, { [suiteFloor('sdk')]: 3 })).toHaveLength(1);
  });
});

describe('the record', () => {
  it('keeps what a client passed when it is skipped later', () => {
    const results = new Map([['a', { state: 'passed' as const }]]);
    const ran = ranClient('title', '1.0', { results, observed: new Map() });
    expect(ran).toEqual({ title: 'title', version: '1.0', passed: ['a'], failed: {}, leftOut: {} });
    expect(skippedClient('title', 'no runtime', ran)).toEqual(ran);
    expect(skippedClient('title', 'no runtime', undefined)).toEqual({ title: 'title', skipped: 'no runtime' });
  });

  it('is what RESULTS.md shows', () => {
    const text = readFileSync('conformance/RESULTS.md', 'utf8');
    expect(text).toBe(renderResults(readRecord(), CASES_OF, NAMES));
    for (const name of NAMES) expect(text).toContain(`| \`${name}\` |`);
  });
});

it('tells an application nothing of the server but a proxy and an authority', () => {
  const facts = {
    address: '127.0.0.1:9',
    caFile: '/ca.crt',
    secretId: 'i',
    secretKey: 'k',
    appid: '1',
    region: 'r',
    bucket: 'b-1',
    versionedBucket: 'v-1',
  };
  const program = { version: '1', driver: { program: 'p', args: [] }, trust: ['SSL_CERT_FILE'], note: '' };
  const environment = applicationEnvironment(facts, ['a'], { scratch: '/s', output: '/o' }, program);
  expect(environment).toMatchObject({
    HTTPS_PROXY: 'http://127.0.0.1:9',
    SSL_CERT_FILE: '/ca.crt',
    CONFORMANCE_ADDRESS: '',
    CONFORMANCE_SCHEME: 'https',
    CONFORMANCE_CA: '',
  });
  const telling = Object.entries(environment).filter(([, value]) => /127\.0\.0\.1|ca\.crt/.test(value));
  expect(telling.map(([name]) => name)).toEqual(['HTTPS_PROXY', 'SSL_CERT_FILE']);
});

describe('options', () => {
  it('name clients, and refuse what is unknown', () => {
    expect(readOptions(['node3', '--dry'], {}, NAMES)).toEqual({
      clients: ['node3'],
      endpoint: { kind: 'started' },
      forms: ['own', 'proxy'],
      raise: false,
      dry: true,
    });
    expect(readOptions(['--help'], {}, NAMES)).toBeUndefined();
    expect(() => readOptions(['node9'], {}, NAMES)).toThrow('unknown client node9');
    expect(() => readOptions(['--fast'], {}, NAMES)).toThrow(/--fast/);
    expect(readOptions(['--form', 'proxy'], {}, NAMES)?.forms).toEqual(['proxy']);
    expect(() => readOptions(['--form', 'path'], {}, NAMES)).toThrow('unknown form path');
  });

  it('need keys for a server that is not started for the run', () => {
    const keys = { SECRET_ID: 'i', SECRET_KEY: 'k', APPID: '1250000000', REGION: 'r' };
    const env = (endpoint: string, given: Record<string, string>) => ({
      COSETTE_CONFORMANCE_ENDPOINT: endpoint,
      ...Object.fromEntries(Object.entries(given).map(([name, value]) => [`COSETTE_CONFORMANCE_${name}`, value])),
    });
    expect(readOptions([], env('cos', keys), NAMES)?.endpoint).toMatchObject({ kind: 'cos', address: undefined });
    expect(readOptions([], env('127.0.0.1:9000', keys), NAMES)?.endpoint).toMatchObject({ kind: 'running' });
    const running = env('127.0.0.1:9000', keys);
    expect(readOptions([], running, NAMES)?.forms).toEqual(['own']);
    expect(() => readOptions(['--form', 'proxy'], running, NAMES)).toThrow('COSETTE_CONFORMANCE_CA');
    expect(readOptions([], { ...running, COSETTE_CONFORMANCE_CA: 'ca.crt' }, NAMES)?.forms).toEqual(['own', 'proxy']);
    expect(() => readOptions([], env('http://x', keys), NAMES)).toThrow('must be host:port');
    expect(() => readOptions([], env('cos', {}), NAMES)).toThrow('COSETTE_CONFORMANCE_SECRET_ID is missing');
  });
});

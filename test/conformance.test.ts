/** The machinery of the conformance suite. The clients themselves run by `npm run conformance`. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fact, type Json } from '../conformance/case.ts';
import { CASES } from '../conformance/cases/index.ts';
import { CLIENTS } from '../conformance/clients.ts';
import { readOptions } from '../conformance/options.ts';
import {
  belowFloor,
  type ClientRecord,
  ranClient,
  readFloors,
  readRecord,
  skippedClient,
} from '../conformance/record.ts';
import { renderResults } from '../conformance/report.ts';
import { runDriver, same } from '../conformance/run-driver.ts';

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
    const ids = CASES.map(({ id }) => id);
    expect(ids.length).toBeGreaterThan(100);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter((id) => !/^[a-z][a-z0-9-]+$/.test(id))).toEqual([]);
    expect(CASES.filter(({ spec }) => !/^(?:objects|buckets|protocol|access|clients) §\d/.test(spec))).toEqual([]);
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
  const record = (passed: readonly string[]): ClientRecord => ({
    title: 't',
    version: '1',
    passed,
    failed: {},
    leftOut: {},
  });

  it('are broken by a client that passes fewer cases', () => {
    expect(belowFloor({ one: record(['a']), two: record(['a', 'b']) }, { one: 2, two: 2 })).toEqual([
      'one passed 1, fewer than its floor of 2',
    ]);
    expect(belowFloor({ one: record(['a']), skipped: { title: 's', skipped: 'why' } }, { skipped: 5 })).toEqual([]);
  });

  it('are of known clients, and reached by the recorded results', () => {
    const { clients } = readRecord();
    expect(Object.keys(clients).filter((name) => !NAMES.includes(name))).toEqual([]);
    const floors = readFloors();
    expect(Object.keys(floors).length).toBeGreaterThan(1);
    for (const [name, floor] of Object.entries(floors)) {
      expect(clients[name]?.passed?.length, name).toBeGreaterThanOrEqual(floor);
    }
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
    expect(text).toBe(renderResults(readRecord(), CASES, NAMES));
    for (const name of NAMES) expect(text).toContain(`| \`${name}\` |`);
  });
});

describe('options', () => {
  it('name clients, and refuse what is unknown', () => {
    expect(readOptions(['node3', '--dry'], {}, NAMES)).toEqual({
      clients: ['node3'],
      endpoint: { kind: 'started' },
      raise: false,
      dry: true,
    });
    expect(readOptions(['--help'], {}, NAMES)).toBeUndefined();
    expect(() => readOptions(['node9'], {}, NAMES)).toThrow('unknown client node9');
    expect(() => readOptions(['--fast'], {}, NAMES)).toThrow('unknown option --fast');
  });

  it('need keys for a server that is not started for the run', () => {
    const keys = { SECRET_ID: 'i', SECRET_KEY: 'k', APPID: '1250000000', REGION: 'r' };
    const env = (endpoint: string, given: Record<string, string>) => ({
      COSETTE_CONFORMANCE_ENDPOINT: endpoint,
      ...Object.fromEntries(Object.entries(given).map(([name, value]) => [`COSETTE_CONFORMANCE_${name}`, value])),
    });
    expect(readOptions([], env('cos', keys), NAMES)?.endpoint).toMatchObject({ kind: 'cos', address: undefined });
    expect(readOptions([], env('127.0.0.1:9000', keys), NAMES)?.endpoint).toMatchObject({ kind: 'running' });
    expect(() => readOptions([], env('http://x', keys), NAMES)).toThrow('must be host:port');
    expect(() => readOptions([], env('cos', {}), NAMES)).toThrow('COSETTE_CONFORMANCE_SECRET_ID is missing');
  });
});

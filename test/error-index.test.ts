/** No row of the error index is forgotten: each is provoked by a test, or is known to be out of reach. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ERROR_TABLE } from '../src/errors/table.ts';
import { OPERATIONS } from '../src/operations/registry.ts';
import { ROOT, readSources } from './sources.ts';
import { ERROR_INDEX, type IndexRow } from './support/error-index.ts';

const tests = readSources(['test'], (path) => /^test\/e2e\/.*\.test\.ts$/.test(path));

function provokes({ code, status, file }: IndexRow): boolean {
  const text = tests.get(`test/e2e/${file}`);
  // As the helpers of COS's tests are told, and as calls of the SDK of AWS fail.
  const spelled = new RegExp(`\\b${status},\\s+'${code}'|status: ${status}, code: '${code}'`);
  return text !== undefined && spelled.test(text);
}

it('is provoked row by row', () => {
  const rows = ERROR_INDEX.filter(({ file }) => file !== undefined);
  expect(rows.length).toBeGreaterThan(70);
  expect(rows.filter((row) => !provokes(row))).toEqual([]);
});

it('has the statuses of the table', () => {
  const known = new Set(ERROR_TABLE.map(({ code, status }) => `${status} ${code}`));
  expect(ERROR_INDEX.filter(({ code, status }) => !known.has(`${status} ${code}`))).toEqual([]);
});

it('gives up only on what nothing raises', () => {
  const sources = readSources(['src'], (path) => path.endsWith('.ts') && !path.endsWith('.test.ts'));
  const raised = (code: string) => [...sources.values()].some((text) => text.includes(`CosError('${code}'`));
  expect(raised('NoSuchKey')).toBe(true);
  const given = ERROR_INDEX.filter(({ file }) => file === undefined);
  expect(given.filter(({ code, reason }) => reason === undefined || raised(code))).toEqual([]);
});

it('has every code that operations on objects declare', () => {
  const indexed = new Set(ERROR_INDEX.map(({ code }) => code));
  const ofBuckets = ['PostObject', 'DeleteMultipleObjects', 'ListMultipartUploads'];
  const declared = OPERATIONS.filter(
    ({ level, name }) => (level === 'object' && name !== 'SelectObjectContent') || ofBuckets.includes(name),
  );
  expect(declared.length).toBeGreaterThan(25);
  const missing = new Set(declared.flatMap(({ errors }) => errors.filter((code) => !indexed.has(code))));
  expect([...missing]).toEqual([]);
});

it('has every code of operations on buckets, each in a test', () => {
  const declared = new Set(OPERATIONS.flatMap(({ level, errors }) => (level === 'bucket' ? errors : [])));
  const indexed = new Set(ERROR_INDEX.map(({ code }) => code));
  const texts = [...tests.values()].join('\n');
  expect(declared.size).toBeGreaterThan(70);
  const missing = [...declared].filter((code) => !indexed.has(code) && !texts.includes(`'${code}'`));
  expect(missing).toEqual([]);
});

it('says what is not modified, to GET and to HEAD', () => {
  const text = readFileSync(join(ROOT, 'test/e2e/errors/versions-conditions.test.ts'), 'utf8');
  expect(text.match(/expectNotModified\(await \w+\(\{ method: '(?:GET|HEAD)'/g)).toHaveLength(2);
});

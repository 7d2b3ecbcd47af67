import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { OPERATIONS } from '../operations/registry.ts';
import { S3_OPERATIONS } from '../operations/s3-registry.ts';
import { S3_CODECS } from './codecs/index.ts';
import { S3_FACE } from './face.ts';

const TESTS = 'test/e2e/s3';
const tested = readdirSync(TESTS)
  .map((file) => readFileSync(join(TESTS, file), 'utf8'))
  .join('\n');

describe('an operation that only Amazon S3 has', () => {
  it.each(S3_OPERATIONS.map((operation) => [operation.name, operation] as const))('%s is whole', (name, operation) => {
    expect(S3_CODECS.filter((codec) => codec.operation === operation)).toHaveLength(1);
    expect(S3_FACE.codecs.has(operation)).toBe(true);
    expect(operation.spec).toMatch(/^[a-z0-9]+\.md §\d+(\.\d+)?$/);
    expect(operation.action).toMatch(/^name\/cos:[A-Z][A-Za-z]+$/);
    // The SDK of AWS names its commands so.
    expect(tested).toMatch(new RegExp(`\\b${name}Command\\b|'${name}`));
  });

  it('has a name of its own', () => {
    const names = [...OPERATIONS, ...S3_OPERATIONS].map(({ name }) => name);
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
  });
});

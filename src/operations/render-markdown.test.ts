import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { operationTests, testsIn } from '../../test/support/operation-tests.ts';
import { OPERATIONS } from './registry.ts';
import { renderOperations } from './render-markdown.ts';

it('docs/operations.md is what the declarations and the tests say (npm run docs writes it)', () => {
  expect(readFileSync('docs/operations.md', 'utf8')).toBe(renderOperations(operationTests()));
});

describe('the tests of operations', () => {
  it('leave out no operation', () => {
    const tests = operationTests();
    expect(OPERATIONS.length).toBeGreaterThan(90);
    expect(OPERATIONS.map(({ name }) => name).filter((name) => tests.get(name)!.length === 0)).toEqual([]);
  });

  it('are found by the names of describe blocks', () => {
    const files = new Map([
      ['b.test.ts', "describe('GetObject', () => {}); describe('GetObject', () => {});"],
      ['a.test.ts', "describe('GetObject', () => {}); describe('SomethingElse', () => {});"],
    ]);
    const found = testsIn(files);
    expect(found.get('GetObject')).toEqual(['a.test.ts', 'b.test.ts']);
    expect(found.get('PutObject')).toEqual([]);
    expect(found.has('SomethingElse')).toBe(false);
  });
});

/** The permission matrix has a row for each operation, and declares the rights that the operation declares. */
import { expect, it } from 'vitest';
import { PENDING } from '../src/operations/pending.ts';
import { OPERATIONS } from '../src/operations/registry.ts';
import { ELSEWHERE, MATRIX } from './e2e/permissions/matrix.ts';
import { BY_ACP, BY_POLICY, BY_READ, BY_WRITE, type Row } from './e2e/permissions/row.ts';

const rows = new Map(MATRIX.map((row) => [row.operation, row]));

it('has one row for each operation, built or pending', () => {
  const known = [...OPERATIONS, ...PENDING].map(({ name }) => name);
  expect(known.length).toBeGreaterThan(90);
  expect(MATRIX.map(({ operation }) => operation).sort()).toEqual(known.sort());
  expect(ELSEWHERE.filter(({ operation }) => rows.has(operation))).toEqual([]);
});

it('names the actions that the operations declare, the main one first', () => {
  const differing = OPERATIONS.filter(({ name, actions }) => rows.get(name)?.actions.join() !== actions.join());
  expect(differing.map(({ name, actions }) => [name, actions, rows.get(name)?.actions])).toEqual([]);
});

it('expects a success that the operations declare', () => {
  const undeclared = OPERATIONS.filter(({ name, success }) => !success.includes(rows.get(name)?.success ?? 0));
  expect(undeclared.map(({ name }) => name)).toEqual([]);
});

it('says why wherever the cells are not those of one permission', () => {
  const usual = [BY_POLICY, BY_READ, BY_WRITE, BY_ACP];
  const unexplained = (row: Row) => !usual.includes(row.cells) && row.reason === undefined;
  expect(MATRIX.filter(unexplained).map(({ operation }) => operation)).toEqual([]);
});

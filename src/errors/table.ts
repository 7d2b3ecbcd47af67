/** The error table: every code with each of its statuses. Source: spec/errors.json, spec/errors.md. */
import type { ErrorCode } from './codes.ts';
import type { ErrorRow } from './row.ts';
import { SEED_ROWS } from './seed-rows.ts';
import { SERVICE_ROWS } from './service-rows.ts';

/** Seed rows first, in the seed's order. A code with two statuses has two rows: the key is code and status. */
export const ERROR_TABLE: readonly ErrorRow[] = [...SEED_ROWS, ...SERVICE_ROWS];

const byCode = new Map<string, ErrorRow[]>();
for (const entry of ERROR_TABLE) {
  const rows = byCode.get(entry.code);
  if (rows === undefined) byCode.set(entry.code, [entry]);
  else rows.push(entry);
}

/** @param status which row of a code with several is meant; the first one when it names none of them */
export function findRow(code: ErrorCode, status?: number): ErrorRow {
  const rows = byCode.get(code)!;
  if (status !== undefined) {
    for (const entry of rows) if (entry.status === status) return entry;
  }
  return rows[0]!;
}

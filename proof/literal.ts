/** The seed page as it is written, against what the server's table says and what the proof has. */
import { readFileSync } from 'node:fs';
import { SEED_ROWS } from '../src/errors/seed-rows.ts';
import type { ProofRow } from './row.ts';

export interface Entry {
  readonly code: string;
  readonly status: number;
}

/** Rows of the tables whose last cell begins with a status. */
export function parseSeedPage(text: string): Entry[] {
  const entries: Entry[] = [];
  for (const line of text.split('\n')) {
    const found = /^\|\s*([A-Za-z0-9]+)\s*\|.*\|\s*(\d{3})\s[^|]*\|\s*$/.exec(line);
    if (found !== null) entries.push({ code: found[1]!, status: Number(found[2]) });
  }
  return entries;
}

/** Differences of two lists, place by place. */
export function differences(seed: readonly Entry[], ours: readonly Entry[]): string[] {
  const lines: string[] = [];
  const text = (entry: Entry | undefined) => (entry === undefined ? 'nothing' : `${entry.code} ${entry.status}`);
  for (let at = 0; at < Math.max(seed.length, ours.length); at++) {
    if (text(seed[at]) !== text(ours[at])) lines.push(`row ${at + 1}: ${text(seed[at])}, here ${text(ours[at])}`);
  }
  return lines;
}

/** Prints the outcome. @returns whether codes, statuses and order are the page's */
export function compareWithSeed(path: string, proof: readonly ProofRow[]): boolean {
  const seed = parseSeedPage(readFileSync(path, 'utf8'));
  const found = [
    ...(seed.length === 0 ? ['the page has no rows'] : []),
    ...differences(seed, SEED_ROWS).map((line) => `table: ${line}`),
    ...differences(seed, proof).map((line) => `proof: ${line}`),
  ];
  console.log(
    `Literal check: ${seed.length} rows of the page, ${SEED_ROWS.length} of the table, ${proof.length} proved`,
  );
  for (const line of found) console.log(`  ${line}`);
  console.log(found.length === 0 ? '  codes, statuses and order are the same: pass' : '  FAIL');
  return found.length === 0;
}

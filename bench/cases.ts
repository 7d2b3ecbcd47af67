/** The rows of the bench. */
import type { KeySpace } from './load/job.ts';

export const KIB = 1024;
export const MIB = 1024 ** 2;

export interface ObjectCase {
  readonly kind: 'object';
  readonly method: 'PUT' | 'GET' | 'HEAD' | 'DELETE';
  /** bytes */
  readonly size: number;
  readonly connections: number;
}

export interface ListCase {
  readonly kind: 'list';
  readonly keys: number;
  readonly page: 'middle' | 'delimiter';
  readonly connections: number;
}

export type Case = ObjectCase | ListCase;

/** How long and how often one row is measured. */
export interface Effort {
  /** Of one stretch, ms. */
  readonly ms: number;
  /** Pairs of a bare and a real stretch. */
  readonly rounds: number;
  /** Before the first row, ms for each server. */
  readonly warmUpMs: number;
}

export const QUICK: Effort = { ms: 400, rounds: 3, warmUpMs: 2_500 };
export const FULL: Effort = { ms: 1_000, rounds: 5, warmUpMs: 10_000 };

const METHODS = ['PUT', 'GET', 'HEAD', 'DELETE'] as const;

export function objectCases(quick: boolean): ObjectCase[] {
  const rows: ObjectCase[] = [];
  const add = (size: number, connections: number, methods: readonly ObjectCase['method'][] = METHODS) => {
    for (const method of methods) rows.push({ kind: 'object', method, size, connections });
  };
  if (quick) {
    add(4 * KIB, 64);
    add(4 * KIB, 1, ['PUT', 'GET']);
    add(64 * KIB, 16, ['PUT', 'GET']);
    add(MIB, 16, ['PUT', 'GET']);
  } else {
    for (const size of [4 * KIB, 64 * KIB, MIB, 16 * MIB])
      for (const connections of [1, 16, 64]) add(size, connections);
  }
  add(64 * MIB, 4, ['PUT', 'GET']);
  return rows;
}

export function listCases(quick: boolean): ListCase[] {
  const sizes = quick ? [10_000, 20_000] : [10_000, 1_000_000];
  const rows: ListCase[] = [];
  for (const keys of sizes) {
    for (const page of ['middle', 'delimiter'] as const) {
      for (const connections of quick ? [1] : [1, 16]) rows.push({ kind: 'list', keys, page, connections });
    }
  }
  return rows;
}

/** `PUT 4 KiB × 64` */
export function nameOf(row: Case): string {
  const what =
    row.kind === 'object'
      ? `${row.method} ${sizeText(row.size)}`
      : `LIST ${row.page === 'middle' ? '1,000 keys' : '1,000 prefixes'} of ${row.keys.toLocaleString('en')}`;
  return `${what} × ${row.connections}`;
}

export function sizeText(bytes: number): string {
  return bytes >= MIB ? `${bytes / MIB} MiB` : `${bytes / KIB} KiB`;
}

/** How many objects of a size GET and HEAD go around: more than a cache of small bodies holds at 64 KiB and above. */
export function workingSet(size: number): number {
  return Math.max(3, Math.min(4_096, Math.floor((256 * MIB) / size)));
}

/** Requests of one stretch that are made ready at most: above what any server here can do, within memory and disk. */
export function mostRequests(size: number, ms: number): number {
  const perSecond = Math.max(16, Math.min(25_000, Math.floor((1_024 * MIB) / (size + 1))));
  return Math.ceil((perSecond * ms) / 1000);
}

/** The keys of a bucket that is listed: folders enough for two delimiter pages. */
export function listedKeys(count: number): KeySpace {
  return { prefix: 'p', count, folders: 2_000 };
}

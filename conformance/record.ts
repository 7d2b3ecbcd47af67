/**
 * The record of results: a file of data, from which RESULTS.md is made. A run replaces the clients that it ran and
 * keeps the others, so that a machine without their runtimes does not erase what another one saw.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { Json } from './case.ts';
import type { DriverRun } from './run-driver.ts';

export interface ClientRecord {
  readonly title: string;
  /** Absent: never run. */
  readonly version?: string;
  readonly skipped?: string;
  readonly passed?: readonly string[];
  /** Case → what was observed instead. */
  readonly failed?: Readonly<Record<string, string>>;
  /** Case → why. */
  readonly leftOut?: Readonly<Record<string, string>>;
}

/** What the real service answered, and when. */
export interface ServiceRecord {
  /** Day of the run, UTC. */
  readonly date: string;
  readonly clients: Readonly<Record<string, ClientRecord>>;
  /** Case → client → observation, where it differs from what was assumed. */
  readonly differs: Readonly<Record<string, Readonly<Record<string, Json>>>>;
}

export interface RunRecord {
  readonly clients: Readonly<Record<string, ClientRecord>>;
  readonly service?: ServiceRecord;
}

const RECORD = 'conformance/results.json';
const FLOORS = 'conformance/floors.json';

export const readRecord = (): RunRecord => readJson<RunRecord>(RECORD, { clients: {} });
export const readFloors = (): Readonly<Record<string, number>> => readJson<Record<string, number>>(FLOORS, {});
export const writeRecord = (record: RunRecord): void => writeJson(RECORD, record);
export const writeFloors = (floors: Readonly<Record<string, number>>): void => writeJson(FLOORS, floors);

function readJson<T>(path: string, otherwise: T): T {
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as T) : otherwise;
}

function writeJson(path: string, value: unknown): void {
  writeChanged(path, `${JSON.stringify(value, null, 2)}\n`);
}

/** A file that is not touched does not make the tools be compiled again. */
export function writeChanged(path: string, text: string): void {
  if (!existsSync(path) || readFileSync(path, 'utf8') !== text) writeFileSync(path, text);
}

export function ranClient(title: string, version: string, { results }: DriverRun): ClientRecord {
  const passed: string[] = [];
  const failed: Record<string, string> = {};
  const leftOut: Record<string, string> = {};
  for (const [id, result] of results) {
    if (result.state === 'passed') passed.push(id);
    else if (result.state === 'failed') failed[id] = result.why;
    else leftOut[id] = result.why;
  }
  return { title, version, passed, failed, leftOut };
}

/** A skip is recorded only where nothing better is known. */
export function skippedClient(title: string, skipped: string, before: ClientRecord | undefined): ClientRecord {
  return before?.version === undefined ? { title, skipped } : before;
}

/** Clients that passed fewer cases than they must. */
export function belowFloor(
  clients: Readonly<Record<string, ClientRecord>>,
  floors: Readonly<Record<string, number>>,
): string[] {
  return Object.entries(clients)
    .filter(([name, { passed }]) => passed !== undefined && passed.length < (floors[name] ?? 0))
    .map(([name, { passed }]) => `${name} passed ${passed?.length}, fewer than its floor of ${floors[name]}`);
}

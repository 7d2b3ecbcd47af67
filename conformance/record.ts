/**
 * The record of results: a file of data, from which RESULTS.md is made. A run replaces the clients that it ran and
 * keeps the others, so that a machine without their runtimes does not erase what another one saw.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { Json } from './case.ts';
import type { Form } from './options.ts';
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

/** What a client saw in the form `proxy`. */
export interface ApplicationRecord extends ClientRecord {
  /** Variables by which its runtime was told of the authority. */
  readonly trust?: readonly string[];
  readonly note?: string;
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
  readonly httpsProxy?: Readonly<Record<string, ApplicationRecord>>;
  readonly service?: ServiceRecord;
  /** The SDKs' own suites, by name. */
  readonly vendorSuites?: Readonly<Record<string, VendorSuite>>;
}

/** One run of a suite that comes with an SDK. */
export interface VendorSuite {
  /** Where it is, and of which version. */
  readonly suite: string;
  readonly passed: number;
  readonly total: number;
  /** `YYYY-MM-DD` */
  readonly date: string;
  /** What did not pass, and why. */
  readonly left: string;
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
  writeChanged(path, `${onLines(JSON.stringify(value, null, 2))}\n`);
}

/** The longest line of this repository's files. */
const LONGEST_LINE = 120;

/** As the formatter of this repository writes it: a list that fits into a line is in one. */
function onLines(text: string): string {
  return text.replace(/^(.*)\[\n([^[\]{}]*)\n *\](,?)$/gm, (whole, before: string, items: string, comma: string) => {
    const line = `${before}[${items.trim().replace(/\n\s+/g, ' ')}]${comma}`;
    return line.length > LONGEST_LINE ? whole : line;
  });
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

/** Name of a client's floor in a form. */
export const floorName = (form: Form, client: string): string => (form === 'own' ? client : `${client} (${form})`);

/** Clients that passed fewer cases than they must. @param passed floor name → number of cases */
export function belowFloor(
  passed: Readonly<Record<string, number>>,
  floors: Readonly<Record<string, number>>,
): string[] {
  return Object.entries(passed)
    .filter(([name, count]) => count < (floors[name] ?? 0))
    .map(([name, count]) => `${name} passed ${count}, fewer than its floor of ${floors[name]}`);
}

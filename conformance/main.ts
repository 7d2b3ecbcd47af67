/**
 * `npm run conformance [-- client…]`: real clients run the cases against a server, each through a driver in its own
 * language. Exit code 1 when a client passed fewer cases than its floor.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Json } from './case.ts';
import { CASES } from './cases/index.ts';
import { type Client, environmentOf, Skipped } from './client.ts';
import { CLIENTS } from './clients.ts';
import { type Options, readOptions, USAGE } from './options.ts';
import {
  belowFloor,
  type ClientRecord,
  ranClient,
  readFloors,
  readRecord,
  skippedClient,
  writeChanged,
  writeFloors,
  writeRecord,
} from './record.ts';
import { renderResults } from './report.ts';
import { type DriverRun, runDriver } from './run-driver.ts';
import { openService, type Service } from './service.ts';

/** Where clients are installed: outside the sources, kept between runs. */
const CACHE = resolve('node_modules/.cache/cosette-conformance');
/** A driver runs at most so many ms. */
const LONGEST_MS = 180_000;
const ORDER = CLIENTS.map(({ name }) => name);

type Outcome =
  | { readonly kind: 'ran'; readonly version: string; readonly run: DriverRun }
  | { readonly kind: 'skipped'; readonly why: string };

async function runClient(client: Client, service: Service): Promise<Outcome> {
  const folder = join(CACHE, client.name);
  mkdirSync(folder, { recursive: true });
  const scratch = mkdtempSync(join(tmpdir(), 'cosette-conformance-'));
  try {
    const { version, driver } = await client.prepare(folder);
    const facts = await service.bucketsFor(client.name);
    const ids = CASES.map(({ id }) => id);
    try {
      const run = await runDriver(driver, environmentOf(facts, ids, scratch), CASES, LONGEST_MS);
      return { kind: 'ran', version, run };
    } finally {
      await service.remove(facts);
    }
  } catch (error) {
    if (error instanceof Skipped) return { kind: 'skipped', why: error.message };
    throw error;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function say(client: Client, outcome: Outcome, ms: number): void {
  if (outcome.kind === 'skipped') {
    console.log(`${client.name}: skipped: ${outcome.why}`);
    return;
  }
  const record = ranClient(client.title, outcome.version, outcome.run);
  const counts = [record.passed, record.failed, record.leftOut].map((list) => Object.keys(list ?? {}).length);
  const time = `${(ms / 1000).toFixed(1)} s`;
  console.log(
    `${client.name} ${outcome.version}: ${counts[0]} passed, ${counts[1]} failed, ${counts[2]} left out (${time})`,
  );
  for (const [id, why] of Object.entries(record.failed ?? {})) console.log(`  ${id}: ${why.replace(/\s+/g, ' ')}`);
}

async function runAll(options: Options, service: Service): Promise<Map<string, Outcome>> {
  const outcomes = new Map<string, Outcome>();
  for (const client of CLIENTS) {
    if (options.clients.length > 0 && !options.clients.includes(client.name)) {
      console.log(`${client.name}: skipped: not asked for`);
      continue;
    }
    const startedAt = performance.now();
    const outcome = await runClient(client, service);
    outcomes.set(client.name, outcome);
    say(client, outcome, performance.now() - startedAt);
  }
  return outcomes;
}

function recorded(
  outcomes: ReadonlyMap<string, Outcome>,
  before: Readonly<Record<string, ClientRecord>>,
): Record<string, ClientRecord> {
  const clients: Record<string, ClientRecord> = {};
  for (const { name, title } of CLIENTS) {
    const outcome = outcomes.get(name);
    if (outcome?.kind === 'ran') clients[name] = ranClient(title, outcome.version, outcome.run);
    else if (outcome?.kind === 'skipped') clients[name] = skippedClient(title, outcome.why, before[name]);
    else if (before[name] !== undefined) clients[name] = before[name];
  }
  return clients;
}

function differences(outcomes: ReadonlyMap<string, Outcome>): Record<string, Record<string, Json>> {
  const differs: Record<string, Record<string, Json>> = {};
  for (const [name, outcome] of outcomes) {
    if (outcome.kind !== 'ran') continue;
    for (const [id, result] of outcome.run.results) {
      if (result.state !== 'failed') continue;
      differs[id] = { ...differs[id], [name]: outcome.run.observed.get(id) ?? result.why };
    }
  }
  return differs;
}

/** @returns whether every client reached its floor */
function conclude(options: Options, outcomes: ReadonlyMap<string, Outcome>): boolean {
  const before = readRecord();
  if (options.endpoint.kind === 'cos') {
    const date = new Date().toISOString().slice(0, 10);
    const service = { date, clients: recorded(outcomes, {}), differs: differences(outcomes) };
    if (!options.dry) save({ ...before, service });
    return true;
  }
  const clients = recorded(outcomes, before.clients);
  if (!options.dry) save({ ...before, clients });
  const ran = Object.fromEntries(Object.entries(clients).filter(([name]) => outcomes.get(name)?.kind === 'ran'));
  const floors = readFloors();
  if (options.raise) {
    writeFloors({
      ...floors,
      ...Object.fromEntries(Object.entries(ran).map(([name, { passed }]) => [name, passed!.length])),
    });
    return true;
  }
  const below = belowFloor(ran, floors);
  for (const line of below) console.error(`conformance: ${line}`);
  return below.length === 0;
}

function save(record: ReturnType<typeof readRecord>): void {
  writeRecord(record);
  writeChanged('conformance/RESULTS.md', renderResults(record, CASES, ORDER));
}

try {
  const options = readOptions(process.argv.slice(2), process.env, ORDER);
  if (options === undefined) console.log(USAGE);
  else {
    const service = await openService(options.endpoint);
    try {
      const outcomes = await runAll(options, service);
      if (!conclude(options, outcomes)) process.exitCode = 1;
    } finally {
      await service.stop();
    }
  }
} catch (error) {
  console.error(`conformance: ${(error as Error).message}`);
  process.exit(1);
}

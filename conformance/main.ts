/**
 * `npm run conformance [-- client…]`: real clients run the cases against a server, each through a driver in its own
 * language. Exit code 1 when a client passed fewer cases than its floor.
 */
import type { Json } from './case.ts';
import type { Client } from './client.ts';
import { CLIENTS } from './clients.ts';
import { type Form, type Options, readOptions, USAGE } from './options.ts';
import {
  type ApplicationRecord,
  belowFloor,
  type ClientRecord,
  floorName,
  ranClient,
  readFloors,
  readRecord,
  skippedClient,
  writeChanged,
  writeFloors,
  writeRecord,
} from './record.ts';
import { renderResults } from './report.ts';
import { CASES_OF, type Outcome, runClient } from './run-client.ts';
import { openService, type Service } from './service.ts';

const ORDER = CLIENTS.map(({ name }) => name);

type Outcomes = ReadonlyMap<string, Outcome>;

function say(client: Client, form: Form, outcome: Outcome, ms: number): void {
  const name = floorName(form, client.name);
  if (outcome.kind === 'skipped') {
    console.log(`${name}: skipped: ${outcome.why}`);
    return;
  }
  const record = ranClient(client.title, outcome.version, outcome.run);
  const counts = [record.passed, record.failed, record.leftOut].map((list) => Object.keys(list ?? {}).length);
  const time = `${(ms / 1000).toFixed(1)} s`;
  console.log(`${name} ${outcome.version}: ${counts[0]} passed, ${counts[1]} failed, ${counts[2]} left out (${time})`);
  for (const [id, why] of Object.entries(record.failed ?? {})) console.log(`  ${id}: ${why.replace(/\s+/g, ' ')}`);
  for (const file of outcome.files) console.log(`  wrote ${file}`);
}

async function runAll(options: Options, form: Form, service: Service): Promise<Outcomes> {
  const outcomes = new Map<string, Outcome>();
  for (const client of CLIENTS) {
    if (options.clients.length > 0 && !options.clients.includes(client.name)) {
      console.log(`${floorName(form, client.name)}: skipped: not asked for`);
      continue;
    }
    if (client.s3 !== undefined && options.endpoint.kind === 'cos') {
      console.log(`${client.name}: skipped: it asks for buckets by path, which the service does not serve`);
      continue;
    }
    const startedAt = performance.now();
    const outcome = await runClient(client, form, service);
    if (outcome === undefined) continue;
    outcomes.set(client.name, outcome);
    say(client, form, outcome, performance.now() - startedAt);
  }
  return outcomes;
}

function recorded(outcomes: Outcomes, before: Readonly<Record<string, ClientRecord>>): Record<string, ClientRecord> {
  const clients: Record<string, ClientRecord> = {};
  for (const { name, title } of CLIENTS) {
    const outcome = outcomes.get(name);
    if (outcome?.kind === 'ran') clients[name] = ranClient(title, outcome.version, outcome.run);
    else if (outcome?.kind === 'skipped') clients[name] = skippedClient(title, outcome.why, before[name]);
    else if (before[name] !== undefined) clients[name] = before[name];
  }
  return clients;
}

function differences(outcomes: Outcomes): Record<string, Record<string, Json>> {
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

/** Records of the form `proxy`: only of clients that ran in it. */
function recordedApplications(
  outcomes: Outcomes,
  before: Readonly<Record<string, ApplicationRecord>>,
): Record<string, ApplicationRecord> {
  const applications: Record<string, ApplicationRecord> = {};
  for (const { name, title } of CLIENTS) {
    const outcome = outcomes.get(name);
    if (outcome?.kind === 'ran' && outcome.application !== undefined) {
      const { trust, note } = outcome.application;
      applications[name] = { ...ranClient(title, outcome.version, outcome.run), trust, note };
    } else if (before[name]?.version !== undefined) applications[name] = before[name];
    else if (outcome?.kind === 'skipped') applications[name] = { title, skipped: outcome.why };
  }
  return applications;
}

/** @returns whether every client reached its floor */
function conclude(options: Options, form: Form, outcomes: Outcomes): boolean {
  const before = readRecord();
  if (options.endpoint.kind === 'cos') {
    const date = new Date().toISOString().slice(0, 10);
    const service = { date, clients: recorded(outcomes, {}), differs: differences(outcomes) };
    if (!options.dry) save({ ...before, service });
    return true;
  }
  const clients =
    form === 'own' ? recorded(outcomes, before.clients) : recordedApplications(outcomes, before.httpsProxy ?? {});
  if (!options.dry) save({ ...before, [form === 'own' ? 'clients' : 'httpsProxy']: clients });
  const passed = Object.fromEntries(
    Object.entries(clients)
      .filter(([name]) => outcomes.get(name)?.kind === 'ran')
      .map(([name, record]) => [floorName(form, name), record.passed?.length ?? 0]),
  );
  const floors = readFloors();
  if (options.raise) {
    writeFloors({ ...floors, ...passed });
    return true;
  }
  const below = belowFloor(passed, floors);
  for (const line of below) console.error(`conformance: ${line}`);
  return below.length === 0;
}

function save(record: ReturnType<typeof readRecord>): void {
  writeRecord(record);
  writeChanged('conformance/RESULTS.md', renderResults(record, CASES_OF, ORDER));
}

try {
  const options = readOptions(process.argv.slice(2), process.env, ORDER);
  if (options === undefined) console.log(USAGE);
  else {
    const service = await openService(options.endpoint);
    try {
      for (const form of options.forms) {
        const outcomes = await runAll(options, form, service);
        if (!conclude(options, form, outcomes)) process.exitCode = 1;
      }
    } finally {
      await service.stop();
    }
  }
} catch (error) {
  console.error(`conformance: ${(error as Error).message}`);
  process.exit(1);
}

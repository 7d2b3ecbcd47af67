/**
 * `npm run test:replication`: one Cosette server replicates to another while clients write; both are killed (SIGKILL) in
 * turn, some of the time both are down. In the end every version, delete marker and byte must be the same on both sides,
 * and everything acknowledged must be there. How far the destination is behind is read from the admin API meanwhile.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { allVersions, differentBytes, type ListedVersion, until } from '../support/replication.ts';
import { Random } from './random.ts';
import { ReplicationLoad } from './replication-load.ts';
import { ReplicationPair } from './replication-pair.ts';

const USAGE = `usage: npm run test:replication -- [options]
  --kills <n>     how often a server is killed (default: 20)
  --seed <n>      repeats the choices of an earlier run (default: from the clock)
  --writers <n>   clients that write at once (default: 6)
  --folder <dir>  where to put the data (default: the system's temporary folder)`;

/** Between two kills, and from a kill to the start, ms. */
const RUN_MS = [150, 1_500] as const;
const DOWN_MS = [0, 600] as const;
const CATCH_UP_MS = 300_000;

interface Options {
  readonly kills: number;
  readonly seed: number;
  readonly writers: number;
  readonly folder: string;
}

async function run(options: Options, folder: string): Promise<number> {
  const random = new Random(options.seed);
  const pair = await ReplicationPair.start(folder);
  const load = new ReplicationLoad(pair, options.seed);
  try {
    const writing = load.run(options.writers);
    const watching = pair.watchLag();
    const killed = { source: 0, destination: 0 };
    for (let kill = 0; kill < options.kills; kill++) {
      await sleep(random.between(...RUN_MS));
      const side = random.pick(['source', 'destination'] as const);
      killed[side] += 1;
      // From time to time what is left of the pair works on for a while.
      await pair.kill(side, random.between(...DOWN_MS));
      process.stderr.write(`${kill + 1} of ${options.kills} kills, ${load.acknowledged.size} acknowledged\n`);
    }
    load.stop();
    await writing;
    const stoppedAt = performance.now();
    let atEnd: number | undefined;
    await until('a look at the lag', async () => {
      atEnd = (await pair.lag())?.waiting;
      return atEnd !== undefined;
    });
    await until('the destination has everything', async () => (await pair.lag())?.waiting === 0, CATCH_UP_MS);
    const seconds = (performance.now() - stoppedAt) / 1_000;
    const lag = pair.stopWatching();
    await watching;
    console.log(`killed: source ${killed.source} times, destination ${killed.destination} times`);
    console.log(`written: ${load.summary()}; ${load.acknowledged.size} acknowledged, ${load.interrupted} cut off`);
    console.log(
      `lag: at most ${lag.waiting} versions and ${lag.seconds.toFixed(1)} s; ${atEnd} waited when the load ended, none ${seconds.toFixed(1)} s later`,
    );
    return await compare(pair, load);
  } finally {
    load.stop();
    await pair.discard();
  }
}

/** @returns how much is wrong */
async function compare(pair: ReplicationPair, load: ReplicationLoad): Promise<number> {
  const [from, to] = [await allVersions(pair.from), await allVersions(pair.to)];
  const there = new Set(to.map(asText));
  const missing = from.filter((version) => !there.has(asText(version)));
  const known = new Set(from.map(asText));
  const extra = to.filter((version) => !known.has(asText(version)));
  const ids = new Set(from.map(({ key, id }) => `${key} ${id}`));
  const lost = [...load.acknowledged].filter((version) => !ids.has(version));
  const { different, bytes } = await differentBytes(pair.from, pair.to, from);
  const pending = await pair.notCompleted(from);
  const markers = from.filter(({ marker }) => marker).length;
  for (const version of [...missing, ...extra].slice(0, 5)) console.log(`not on both sides: ${asText(version)}`);
  for (const version of [...lost, ...different, ...pending].slice(0, 5)) console.log(`wrong: ${version}`);
  console.log(
    `versions ${from.length - markers} / markers ${markers} / bytes ${bytes} / missing ${missing.length} / extra ${extra.length} / different ${different.length} / lost ${lost.length} / not COMPLETED ${pending.length}`,
  );
  return missing.length + extra.length + different.length + lost.length + pending.length;
}

const asText = (version: ListedVersion): string => JSON.stringify(version);

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function readOptions(args: readonly string[]): Options | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      kills: { type: 'string', default: '20' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      writers: { type: 'string', default: '6' },
      folder: { type: 'string', default: tmpdir() },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  const number = (name: 'kills' | 'seed' | 'writers', most: number): number => {
    const value = Number(values[name]);
    if (!Number.isInteger(value) || value < 1 || value > most) throw new Error(`--${name} takes 1 to ${most}`);
    return value;
  };
  return {
    kills: number('kills', 10_000),
    seed: number('seed', 2 ** 31),
    writers: number('writers', 64),
    folder: values.folder,
  };
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (options === undefined) {
    console.log(USAGE);
    return;
  }
  const folder = mkdtempSync(join(options.folder, 'cosette-replication-'));
  process.stderr.write(`seed ${options.seed}\n`);
  let wrong = 1;
  try {
    wrong = await run(options, folder);
  } catch (error) {
    console.log(`broken off: ${(error as Error).stack}`);
  }
  if (wrong === 0) {
    rmSync(folder, { recursive: true, force: true });
    return;
  }
  console.log(`FAILED; repeat with --seed ${options.seed}; the data is in ${folder}`);
  process.exitCode = 1;
}

await main();

/**
 * `npm run test:crash`: writers change objects and note what was acknowledged, the server is killed at random moments
 * (SIGKILL), started again, and everything acknowledged must be there byte for byte; what was under way must be done or
 * not done. From time to time, and at the end, nothing may be stored that no object needs.
 *
 * The choices of the writers and the moments repeat with the seed; how far each writer gets until the kill does not.
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { collectAndAudit } from './audit.ts';
import { type Ask, CosClient, texts } from './client.ts';
import { Random } from './random.ts';
import { CrashServer } from './server.ts';
import { each, verifyPlain } from './verify-plain.ts';
import { verifySuspended } from './verify-suspended.ts';
import { settleUploads, verifyUploads } from './verify-uploads.ts';
import { listVersions, verifyVersions } from './verify-versions.ts';
import { Writer } from './workload.ts';
import { PLAIN, SUSPENDED, VERSIONED, World } from './world.ts';
import { writeUnder } from './write-suspended.ts';

const USAGE = `usage: npm run test:crash -- [options]
  --crashes <n>   how often the server is killed (default: 50)
  --seed <n>      repeats the choices of an earlier run (default: from the clock)
  --writers <n>   clients that write at once (default: 8)
  --folder <dir>  where to put the data (default: the system's temporary folder)`;

/** From the start of the writers to the kill, ms. */
const RUN_MS = [20, 900] as const;
/** A start is killed after at most this long, ms: most of them before the server is ready. */
const START_MS = 350;
/** Share of the kills that hit a start. */
const START_SHARE = 0.2;
const BUCKETS = [PLAIN, VERSIONED, SUSPENDED] as const;
/** Rounds between two audits. */
const AUDIT_EVERY = 8;

interface Options {
  readonly crashes: number;
  readonly seed: number;
  readonly writers: number;
  readonly folder: string;
}

class CrashTest {
  readonly world = new World();
  crashes = 0;
  orphans = 0;
  readonly #options: Options;
  readonly #folder: string;
  readonly #random: Random;
  #server: CrashServer | undefined;
  #client: CosClient | undefined;

  constructor(options: Options, folder: string) {
    this.#options = options;
    this.#folder = folder;
    this.#random = new Random(options.seed);
  }

  async run(): Promise<void> {
    await this.#start();
    await this.#makeBuckets();
    for (let round = 1; this.crashes < this.#options.crashes; round++) {
      await this.#writeUntilCrash(round);
      while (this.crashes < this.#options.crashes && this.#random.next() < START_SHARE) await this.#crashStart();
      await this.#start();
      await this.#verify();
      await this.#endUploads(round);
      if (round % AUDIT_EVERY === 0) {
        await this.#audit();
        await this.#layVersions();
      }
      this.#progress();
    }
    await this.#removeEverything();
    const named = await this.#audit();
    if (named > 0) this.world.report('unexpected', `${named} bodies are left after everything was deleted`);
    await this.#stop();
    const files = readdirSync(join(this.#folder, 'data', 'files'), { recursive: true, withFileTypes: true });
    const left = files.filter((file) => file.isFile());
    this.orphans += left.length;
    for (const { name } of left.slice(0, 5)) this.world.findings.push(`orphans: the file ${name}`);
  }

  discard(): void {
    this.#server?.discard();
  }

  async #start(): Promise<void> {
    this.#server = new CrashServer(this.#folder);
    this.#client = new CosClient(await this.#server.ready());
  }

  async #stop(): Promise<void> {
    this.#client!.close();
    await this.#server!.stop();
  }

  async #makeBuckets(): Promise<void> {
    const client = this.#client!;
    for (const bucket of BUCKETS) await this.#done({ method: 'PUT', bucket });
    await this.#setVersioning(VERSIONED, 'Enabled');
    // Versions from before versioning are null versions too, and lie under those with ids.
    await writeUnder(this.world, client, this.#options.writers);
    await this.#layVersions();
  }

  /** Puts a version with an id over what every key of the suspended bucket has. */
  async #layVersions(): Promise<void> {
    await this.#setVersioning(SUSPENDED, 'Enabled');
    await writeUnder(this.world, this.#client!, this.#options.writers);
    await this.#setVersioning(SUSPENDED, 'Suspended');
  }

  async #done(ask: Ask): Promise<void> {
    const answer = await this.#client!.ask(ask);
    if (answer.status !== 200) throw new Error(`preparing buckets: ${answer.status} ${answer.body.toString()}`);
  }

  #setVersioning(bucket: string, status: string): Promise<void> {
    const body = Buffer.from(`<VersioningConfiguration><Status>${status}</Status></VersioningConfiguration>`);
    const headers = { 'Content-Type': 'application/xml' };
    return this.#done({ method: 'PUT', bucket, params: { versioning: '' }, headers, body });
  }

  #writer(round: number, number: number): Writer {
    const random = new Random(this.#options.seed * 1_000_003 + round * 101 + number);
    return new Writer(this.world, this.#client!, random, number);
  }

  async #writeUntilCrash(round: number): Promise<void> {
    const { writers } = this.#options;
    const running = Array.from({ length: writers }, (_, number) => this.#writer(round, number).run());
    await sleep(this.#random.between(...RUN_MS));
    await this.#server!.crash();
    this.crashes += 1;
    await Promise.all(running);
    this.#client!.close();
  }

  async #crashStart(): Promise<void> {
    const server = new CrashServer(this.#folder);
    await sleep(this.#random.between(0, START_MS));
    await server.crash();
    this.crashes += 1;
  }

  async #verify(): Promise<void> {
    const client = this.#client!;
    const ended = await verifyUploads(this.world, client);
    await verifyPlain(this.world, client);
    await verifyVersions(this.world, client);
    await verifySuspended(this.world, client);
    settleUploads(this.world, ended);
  }

  /** Half of the uploads that a crash cut off are carried on to the end. */
  async #endUploads(round: number): Promise<void> {
    const writer = this.#writer(round, this.#options.writers);
    for (const upload of [...this.world.uploads.values()]) {
      if (upload.parts.size > 0 && [...upload.parts.keys()].length === Math.max(...upload.parts.keys())) {
        if (this.#random.next() < 0.5) {
          await writer.complete(upload);
          continue;
        }
      }
      await writer.abort(upload);
    }
    for (const [key, register] of this.world.registers) {
      if (register.allowed().length !== 1) throw new Error(`${key} is not settled after the verification`);
    }
  }

  /** @returns bodies that rows name */
  async #audit(): Promise<number> {
    await this.#stop();
    const { referencedBlobs, missing, leftOver, orphans } = await collectAndAudit(join(this.#folder, 'data'));
    const extra = leftOver + orphans;
    this.orphans += extra;
    if (extra > 0) this.world.findings.push(`orphans: ${extra}, beside ${referencedBlobs} bodies of objects`);
    if (missing > 0) this.world.report('lost', `${missing} bodies that objects name`);
    await this.#start();
    return referencedBlobs;
  }

  async #removeEverything(): Promise<void> {
    const client = this.#client!;
    const remove = async (bucket: string, key: string, params: Record<string, string>): Promise<void> => {
      const { status } = await client.ask({ method: 'DELETE', bucket, key, params });
      if (status !== 204) this.world.report('unexpected', `removing ${key}: ${status}`);
    };
    await each(this.world.registers.keys(), (key) => remove(PLAIN, key, {}));
    for (const bucket of [VERSIONED, SUSPENDED]) {
      for (const [key, versions] of await listVersions(client, bucket)) {
        await each(versions, ({ id }) => remove(bucket, key, { versionId: id }));
      }
    }
    for (const bucket of BUCKETS) {
      const uploads = await client.ask({ method: 'GET', bucket, params: { uploads: '', 'max-uploads': '1000' } });
      const ids = texts(uploads.body, 'UploadId');
      const keys = texts(uploads.body, 'Key');
      await each(ids.keys(), (at) => remove(bucket, keys[at]!, { uploadId: ids[at]! }));
    }
  }

  #progress(): void {
    const { acknowledged, lost, torn } = this.world.counts;
    process.stderr.write(
      `${this.crashes} of ${this.#options.crashes} crashes, ${acknowledged} acknowledged, ${lost} lost, ${torn} torn\n`,
    );
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function readOptions(args: readonly string[]): Options | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      crashes: { type: 'string', default: '50' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      writers: { type: 'string', default: '8' },
      folder: { type: 'string', default: tmpdir() },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  const number = (name: 'crashes' | 'seed' | 'writers', most: number): number => {
    const value = Number(values[name]);
    if (!Number.isInteger(value) || value < 1 || value > most) throw new Error(`--${name} takes 1 to ${most}`);
    return value;
  };
  return {
    crashes: number('crashes', 100_000),
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
  const folder = mkdtempSync(join(options.folder, 'cosette-crash-'));
  const test = new CrashTest(options, folder);
  process.once('exit', () => test.discard());
  process.stderr.write(`seed ${options.seed}\n`);
  let broken: Error | undefined;
  try {
    await test.run();
  } catch (error) {
    broken = error as Error;
    test.discard();
  }
  const { acknowledged, lost, torn, unexpected, found, vanished } = test.world.counts;
  const kinds = [...test.world.kinds].sort(([a], [b]) => (a < b ? -1 : 1)).map(([kind, count]) => `${kind} ${count}`);
  console.log(`acknowledged: ${kinds.join(', ')}`);
  console.log(`under way in a crash: ${found} were done, ${vanished} were not`);
  for (const finding of test.world.findings) console.log(finding);
  if (broken !== undefined) console.log(`broken off: ${broken.stack}`);
  console.log(
    `crashes tried ${test.crashes} / acknowledged ${acknowledged} / lost ${lost} / torn ${torn} / orphans ${test.orphans}`,
  );
  if (broken === undefined && lost + torn + unexpected + test.orphans === 0) {
    rmSync(folder, { recursive: true, force: true });
    return;
  }
  console.log(`FAILED; repeat with --seed ${options.seed}; the data is in ${folder}`);
  process.exitCode = 1;
}

await main();

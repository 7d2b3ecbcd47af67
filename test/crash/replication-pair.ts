/** Two server processes, of which one replicates a bucket to the other. Each may be killed and comes back. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expectStatus, makeBucket } from '../support/buckets.ts';
import { clientOf, type Send } from '../support/http.ts';
import { freePort, type Lag, type ListedVersion, lagOf, replicationRules } from '../support/replication.ts';
import { APPID, SECRET_ID, SECRET_KEY, type ServerProcess, startServerProcess } from '../support/server-process.ts';

export type Side = 'source' | 'destination';

const BUCKETS: Readonly<Record<Side, string>> = { source: 'from', destination: 'to' };
const SAMPLE_MS = 100;

interface Half {
  readonly folder: string;
  readonly flags: readonly string[];
  readonly port: number;
  server: ServerProcess;
}

export class ReplicationPair {
  readonly #halves: Readonly<Record<Side, Half>>;
  readonly from: Send;
  readonly to: Send;
  #watching = true;
  #worst = { waiting: 0, seconds: 0 };

  constructor(halves: Readonly<Record<Side, Half>>) {
    this.#halves = halves;
    this.from = clientOf(halves.source, BUCKETS.source);
    this.to = clientOf(halves.destination, BUCKETS.destination);
  }

  static async start(folder: string): Promise<ReplicationPair> {
    const destination = await startHalf(join(folder, 'destination'), ['--replication-accept', 'true']);
    const file = join(folder, 'remotes.json');
    const endpoint = `http://127.0.0.1:${destination.port}`;
    const entry = { buckets: ['to-*'], endpoint, kind: 'cosette', secretId: SECRET_ID, secretKey: SECRET_KEY };
    writeFileSync(file, JSON.stringify([entry]), { mode: 0o600 });
    const source = await startHalf(join(folder, 'source'), ['--replication-remotes-file', file]);
    const pair = new ReplicationPair({ source, destination });
    await makeBucket(destination.server, BUCKETS.destination, { versioning: 'Enabled' });
    await makeBucket(source.server, BUCKETS.source, { versioning: 'Enabled' });
    const body = replicationRules(`${BUCKETS.destination}-${APPID}`);
    await expectStatus(pair.from({ method: 'PUT', query: { replication: '' }, body }), 200);
    return pair;
  }

  /** Pulls the plug. @param downMs until it is started again */
  async kill(side: Side, downMs: number): Promise<void> {
    const half = this.#halves[side];
    await half.server.stop('SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, downMs));
    half.server = await startServerProcess(half);
  }

  /** undefined while the source is down, or has not looked yet. */
  async lag(): Promise<Lag | undefined> {
    try {
      return await lagOf(this.#halves.source);
    } catch {
      return undefined;
    }
  }

  /** Until `stopWatching`. */
  async watchLag(): Promise<void> {
    while (this.#watching) {
      const { waiting = 0, seconds = 0 } = (await this.lag()) ?? {};
      this.#worst = {
        waiting: Math.max(this.#worst.waiting, waiting),
        seconds: Math.max(this.#worst.seconds, seconds),
      };
      await new Promise((resolve) => setTimeout(resolve, SAMPLE_MS));
    }
  }

  stopWatching(): Readonly<{ waiting: number; seconds: number }> {
    this.#watching = false;
    return this.#worst;
  }

  /** Versions of the source that do not say that they are replicated, and replicas that do not say that they are. */
  async notCompleted(versions: readonly ListedVersion[]): Promise<string[]> {
    const wrong: string[] = [];
    const left = versions.filter(({ marker }) => !marker);
    const look = async (): Promise<void> => {
      for (let next = left.pop(); next !== undefined; next = left.pop()) {
        const sent = { method: 'HEAD', key: next.key, query: { versionId: next.id } };
        const [one, other] = await Promise.all([this.from(sent), this.to(sent)]);
        const found = [one, other].map(({ headers }) => String(headers['x-cos-replication-status']));
        if (found.join() !== 'COMPLETED,REPLICA') wrong.push(`${next.key} ${next.id}: ${found.join()}`);
      }
    };
    await Promise.all(Array.from({ length: 8 }, look));
    return wrong;
  }

  async discard(): Promise<void> {
    this.#watching = false;
    for (const { server } of Object.values(this.#halves)) await server.stop('SIGKILL');
  }
}

async function startHalf(folder: string, more: readonly string[]): Promise<Half> {
  mkdirSync(folder, { recursive: true });
  const port = await freePort();
  const flags = ['--port', String(port), '--log-access', 'false', '--grace-ms', '100ms', ...more];
  return { folder, flags, port, server: await startServerProcess({ folder, flags }) };
}

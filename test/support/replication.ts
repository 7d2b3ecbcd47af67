/** Two buckets that shall hold the same versions, wherever they are. */

import { randomInt } from 'node:crypto';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { authorization } from '../../src/cos/signature/sign.ts';
import { textOf } from './buckets.ts';
import type { Answer, Send } from './http.ts';
import { REGION, SECRET_ID, SECRET_KEY, type ServerProcess } from './server-process.ts';

export interface ListedVersion {
  readonly key: string;
  readonly id: string;
  readonly marker: boolean;
  readonly latest: string | undefined;
  readonly modified: string | undefined;
  readonly etag: string | undefined;
  readonly size: string | undefined;
}

/** Every version and delete marker, in the order of the listing. */
export async function allVersions(send: Send): Promise<ListedVersion[]> {
  const found: ListedVersion[] = [];
  let after: Record<string, string> = {};
  for (;;) {
    const { text, status } = await send({ method: 'GET', query: { versions: '', 'max-keys': '1000', ...after } });
    if (status !== 200) throw new Error(`listing versions: ${status} ${text.slice(0, 300)}`);
    for (const [, element, content = ''] of text.matchAll(/<(Version|DeleteMarker)>(.*?)<\/\1>/gs)) {
      found.push({
        key: textOf(content, 'Key') ?? '',
        id: textOf(content, 'VersionId') ?? '',
        marker: element === 'DeleteMarker',
        latest: textOf(content, 'IsLatest'),
        modified: textOf(content, 'LastModified'),
        etag: textOf(content, 'ETag'),
        size: textOf(content, 'Size'),
      });
    }
    if (textOf(text, 'IsTruncated') !== 'true') return found;
    after = {
      'key-marker': textOf(text, 'NextKeyMarker') ?? '',
      'version-id-marker': textOf(text, 'NextVersionIdMarker') ?? '',
    };
  }
}

/** Versions whose bytes are not the same on both sides. */
export async function differentBytes(
  a: Send,
  b: Send,
  versions: readonly ListedVersion[],
): Promise<{ different: string[]; bytes: number }> {
  const different: string[] = [];
  let bytes = 0;
  const left = versions.filter(({ marker }) => !marker);
  const read = async (): Promise<void> => {
    for (let next = left.pop(); next !== undefined; next = left.pop()) {
      const { key, id } = next;
      const sent = { method: 'GET', key, query: { versionId: id } };
      const [one, other] = await Promise.all([a(sent), b(sent)]);
      bytes += one.body.length;
      if (one.status !== 200 || other.status !== 200 || !one.body.equals(other.body)) different.push(`${key} ${id}`);
    }
  };
  await Promise.all(Array.from({ length: 8 }, read));
  return { different, bytes };
}

export interface Lag {
  readonly note: string;
  /** Versions and markers that wait; undefined before the first run. */
  readonly waiting: number | undefined;
  /** s */
  readonly seconds: number;
}

/** What the admin API says of the job. */
export async function lagOf(server: Pick<ServerProcess, 'port'>): Promise<Lag> {
  const path = '/_cosette/admin/v1/jobs/replication';
  const from = Math.floor(Date.now() / 1_000) - 5;
  const signed = { secretId: SECRET_ID, secretKey: SECRET_KEY, method: 'GET', path, from, to: from + 300 };
  const { text } = await getPage(server.port, path, authorization(signed));
  const { note = '' } = JSON.parse(text) as { note?: string };
  const [, waiting, seconds] = /^(\d+)[a-z ]* wait, the oldest for ([\d.]+) s/.exec(note) ?? [];
  const known = waiting !== undefined ? Number(waiting) : note.startsWith('nothing waits') ? 0 : undefined;
  return { note, waiting: known, seconds: Number(seconds ?? 0) };
}

function getPage(port: number, path: string, signature: string): Promise<Pick<Answer, 'text'>> {
  return new Promise((resolve, reject) => {
    const headers = { Authorization: signature };
    request({ host: '127.0.0.1', port, path, headers, agent: false }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (chunk: string) => {
        text += chunk;
      });
      answer.on('end', () => resolve({ text }));
      answer.on('error', reject);
    })
      .on('error', reject)
      .end();
  });
}

/** Below what systems give to outgoing connections: one of those could take the port while the server is down. */
const PORTS = [20_000, 32_000] as const;

/** A port that nothing listens on: a server that is started again must have its old one. */
export async function freePort(): Promise<number> {
  for (let tried = 0; tried < 100; tried++) {
    const port = randomInt(...PORTS);
    if (await isFree(port)) return port;
  }
  throw new Error('no port is free');
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.on('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** @param to full name of the destination */
export function replicationRules(to: string, more = '', region = REGION): string {
  return `<ReplicationConfiguration><Role>r</Role><Rule><Status>Enabled</Status><Prefix></Prefix><Destination><Bucket>qcs::cos:${region}::${to}</Bucket></Destination>${more}</Rule></ReplicationConfiguration>`;
}

/** Waits until `done` says so. @throws Error after `ms` */
export async function until(what: string, done: () => Promise<boolean>, ms = 20_000): Promise<void> {
  const deadline = Date.now() + ms;
  while (!(await done())) {
    if (Date.now() > deadline) throw new Error(`${what}: not within ${ms} ms`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

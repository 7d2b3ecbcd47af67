/**
 * `node scripts/run.mjs bench/uploads.ts`: many large uploads at once into one server, its memory meanwhile, and every
 * object read back. Options: --count 64, --mib 64, --folder.
 */
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import COS from 'cos-nodejs-sdk-v5';
import { peakRss, rss } from './process-stats.ts';
import { startCosette } from './targets/cosette.ts';

const MIB = 1024 ** 2;
const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '64' },
    mib: { type: 'string', default: '64' },
    folder: { type: 'string', default: tmpdir() },
  },
});
const count = Number(values.count);
const bytes = Number(values.mib) * MIB;
/** One block, sent over and over with an upload's number in front of it: no two objects are equal. */
const BLOCK = randomBytes(MIB);

const folder = mkdtempSync(join(values.folder, 'cosette-uploads-'));
const server = await startCosette(folder);
const { port, host, credentials } = server.target('uploads');
if (credentials === undefined) throw new Error('the target has no key pair');
const { secretId, secretKey } = credentials;
const sign = COS.getAuthorization as unknown as (options: object) => string;

function ask(method: string, key: string, length = 0): ReturnType<typeof request> {
  const authorization = sign({
    SecretId: secretId,
    SecretKey: secretKey,
    Method: method,
    Pathname: `/${key}`,
  });
  const headers = { Host: host, Authorization: authorization, 'Content-Length': String(length) };
  return request({ host: '127.0.0.1', port, method, path: `/${key}`, headers, agent: false });
}

const answerOf = (sent: ReturnType<typeof request>): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => sent.once('response', resolve).once('error', reject));

/** @returns the MD5 of what was sent */
async function upload(index: number): Promise<string> {
  const sent = ask('PUT', `object-${index}`, bytes);
  const answer = answerOf(sent);
  const hash = createHash('md5');
  for (let left = bytes; left > 0; ) {
    const block = Buffer.from(BLOCK.subarray(0, Math.min(left, BLOCK.length)));
    block.writeUInt32BE(index, 0);
    hash.update(block);
    left -= block.length;
    if (!sent.write(block)) await new Promise((resolve) => sent.once('drain', resolve));
  }
  sent.end();
  const md5 = hash.digest('hex');
  const { statusCode, headers } = (await answer).resume();
  if (statusCode !== 200 || headers.etag !== `"${md5}"`)
    throw new Error(`upload ${index}: ${statusCode} ${headers.etag}`);
  return md5;
}

async function download(index: number): Promise<string> {
  const sent = ask('GET', `object-${index}`);
  sent.end();
  const answer = await answerOf(sent);
  const hash = createHash('md5');
  for await (const chunk of answer) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

const made = ask('PUT', '');
made.end();
(await answerOf(made)).resume();
const idle = rss(server.pid) ?? Number.NaN;
const startedAt = performance.now();
const sent = await Promise.all(Array.from({ length: count }, (_, index) => upload(index)));
const seconds = (performance.now() - startedAt) / 1000;
const peak = peakRss(server.pid) ?? Number.NaN;
let wrong = 0;
for (const [index, md5] of sent.entries()) if ((await download(index)) !== md5) wrong += 1;
await server.stop();
rmSync(folder, { recursive: true, force: true });
console.log(
  `${count} uploads of ${values.mib} MiB at once: ${seconds.toFixed(1)} s, ` +
    `${((count * bytes) / 1e6 / seconds).toFixed(0)} MB/s; server ${(idle / 1e6).toFixed(0)} MB before, ` +
    `${(peak / 1e6).toFixed(0)} MB at most; ${count - wrong} read back equal, ${wrong} wrong`,
);
process.exitCode = wrong === 0 ? 0 : 1;

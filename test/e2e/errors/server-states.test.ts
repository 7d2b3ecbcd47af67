/** What the server cannot do just now, or does wrong. Source: spec/objects.md §14, spec/errors.md "Settings …". */
import { readdirSync, rmSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeBucket, put } from '../../support/buckets.ts';
import { done } from '../../support/done.ts';
import { expectError } from '../../support/expect-error.ts';
import { type Answer, clientOf, type Send } from '../../support/http.ts';
import { APPID, type ServerProcess, startServerProcess } from '../../support/server-process.ts';

const FLAGS = ['--limits-restores-per-second', '1', '--limits-kms-requests-per-second', '1'];

let server: ServerProcess;
let send: Send;
beforeAll(async () => {
  server = await startServerProcess({ flags: FLAGS });
  send = await makeBucket(server, 'states');
});
afterAll(() => server.remove());

/** All at once; some must be refused. */
async function burst(make: () => Promise<Answer>): Promise<Answer[]> {
  const answers = await Promise.all(Array.from({ length: 20 }, make));
  return answers.filter(({ status }) => status >= 500);
}

describe('rates', () => {
  it('of restores', async () => {
    await put(send, 'archived', 'hello', { 'x-cos-storage-class': 'ARCHIVE' });
    const body = '<RestoreRequest><Days>1</Days></RestoreRequest>';
    const slow = await burst(() => send({ method: 'POST', key: 'archived', query: { restore: '' }, body }));
    expect(slow.length).toBeGreaterThan(0);
    for (const answer of slow) expectError(answer, 503, 'SlowDown');
  });

  it('of calls to the key service', async () => {
    const headers = { 'x-cos-server-side-encryption': 'cos/kms' };
    const slow = await burst(() => send({ method: 'PUT', key: 'sealed', body: 'x', headers }));
    expect(slow.length).toBeGreaterThan(0);
    for (const answer of slow) expectError(answer, 503, 'KmsFreqControl');
  });
});

describe('a fault', () => {
  it('shows nothing of itself, and other objects stay readable', async () => {
    await put(send, 'broken', Buffer.alloc(3_000_000, 'x'));
    await put(send, 'whole', 'hello');
    const files = join(server.folder, 'data', 'files');
    await server.stop();
    for (const name of readdirSync(files, { recursive: true, encoding: 'utf8' })) {
      if (statSync(join(files, name)).isFile()) truncateSync(join(files, name), 1_000);
    }
    server = await startServerProcess({ flags: FLAGS, folder: server.folder });
    send = clientOf(server, 'states');
    const copy = { 'x-cos-copy-source': `/states-${APPID}/broken` };
    expectError(
      await send({ method: 'PUT', key: 'copy', headers: copy }),
      500,
      'InternalError',
      'We encountered an internal error. Please try again.',
    );
    await done(send, { method: 'GET', key: 'whole' });
    expectError(await send({ method: 'GET', key: 'copy' }), 404, 'NoSuchKey');
    await expect.poll(() => server.output(), { timeout: 5_000 }).toContain('shorter than it was');
    for (const name of readdirSync(files)) rmSync(join(files, name), { recursive: true });
    expectError(await send({ method: 'GET', key: 'broken' }), 500, 'InternalError');
  });
});

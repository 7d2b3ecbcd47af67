/** Object lock. Source: spec/objects.md §7, §14. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { complete, initiate, makeBucket, md5Base64, put, uploadPart } from '../../support/buckets.ts';
import { done } from '../../support/done.ts';
import { expectError, expectHeadError } from '../../support/expect-error.ts';
import type { Send, Sent } from '../../support/http.ts';
import { APPID, type ServerProcess, startServerProcess } from '../../support/server-process.ts';

const DAY_MS = 86_400_000;
const inDays = (days: number): string => new Date(Date.now() + days * DAY_MS).toISOString();
const retained = (days: number) => ({
  'x-cos-object-lock-mode': 'COMPLIANCE',
  'x-cos-object-lock-retain-until-date': inDays(days),
});
const HELD = { 'x-cos-object-lock-legal-hold': 'ON' };
const message = 'locked';

let server: ServerProcess;
let send: Send;
let plain: Send;
let versioned: Send;
beforeAll(async () => {
  server = await startServerProcess();
  plain = await makeBucket(server, 'no-lock');
  send = await makeBucket(server, 'locked', { lockDays: 0 });
  versioned = await makeBucket(server, 'lock-versions', { lockDays: 0, versioning: 'Enabled' });
  await put(plain, 'k', 'hello');
});
afterAll(() => server.remove());

const retention = (key: string, inner: string, query: Record<string, string> = {}): Sent => ({
  method: 'PUT',
  key,
  query: { retention: '', ...query },
  body: `<Retention>${inner}</Retention>`,
});
const until = (date: string): string => `<Mode>COMPLIANCE</Mode><RetainUntilDate>${date}</RetainUntilDate>`;

describe('locked objects', () => {
  it.each([
    ['retention', retained(1)],
    ['legal hold', HELD],
    ['both', { ...retained(1), ...HELD }],
  ])('are neither replaced nor changed nor removed: %s', async (name, lock) => {
    const key = name.replace(' ', '-');
    const uploadId = await initiate(send, key);
    const etag = await uploadPart(send, key, uploadId, 1, 'other');
    await put(send, key, 'hello', lock);
    const itself = { 'x-cos-copy-source': `/locked-${APPID}/${key}` };
    const all: readonly Sent[] = [
      { method: 'PUT', key, body: 'other' },
      { method: 'PUT', key, headers: { 'x-cos-copy-source': `/no-lock-${APPID}/k` } },
      { method: 'PUT', key, headers: { ...itself, 'x-cos-metadata-directive': 'Replaced' } },
      { method: 'PUT', key, headers: { ...itself, 'x-cos-storage-class': 'STANDARD_IA' } },
      { method: 'POST', key, query: { append: '', position: '5' }, body: 'x' },
      { method: 'PUT', key, query: { symlink: '' }, headers: { 'x-cos-symlink-target': 'k' } },
      { method: 'DELETE', key },
      { method: 'DELETE', key, headers: { 'x-cos-bypass-governance-retention': 'true' } },
      { method: 'PUT', key, query: { tagging: '' }, body: '<Tagging><TagSet/></Tagging>' },
      { method: 'DELETE', key, query: { tagging: '' } },
    ];
    for (const sent of all) expectError(await send(sent), 409, 'ObjectLocked', message);
    expectError(await complete(send, key, uploadId, [etag]), 409, 'ObjectLocked', message);
    expect((await send({ method: 'GET', key })).text).toBe('hello');
    await done(send, { method: 'PUT', key, query: { acl: '' }, headers: { 'x-cos-acl': 'private' } });
  });

  it('by a piece that was appended', async () => {
    const append = { method: 'POST', key: 'log', query: { append: '', position: '0' }, body: 'hello' };
    await done(send, { ...append, headers: HELD });
    const next = { ...append, query: { append: '', position: '5' } };
    expectError(await send(next), 409, 'ObjectLocked');
  });

  it('stay in DELETE Multiple Objects, while others go', async () => {
    await put(send, 'stays', 'x', HELD);
    await put(send, 'goes', 'x');
    const body = '<Delete><Object><Key>stays</Key></Object><Object><Key>goes</Key></Object></Delete>';
    const headers = { 'Content-MD5': md5Base64(body) };
    const { text } = await done(send, { method: 'POST', query: { delete: '' }, body, headers });
    expect(text).toMatch(/<Error><Key>stays<\/Key><Code>ObjectLocked<\/Code><Message>[^<]+<\/Message><\/Error>/);
    expect(text).toContain('<Deleted><Key>goes</Key></Deleted>');
    await done(send, { method: 'GET', key: 'stays' });
  });

  it('keep their version where there are several', async () => {
    const versionId = (await put(versioned, 'k', 'hello', HELD)).headers['x-cos-version-id'] as string;
    await put(versioned, 'k', 'newer');
    expectError(await versioned({ method: 'DELETE', key: 'k', query: { versionId } }), 409, 'ObjectLocked');
    const body = `<Delete><Object><Key>k</Key><VersionId>${versionId}</VersionId></Object></Delete>`;
    const headers = { 'Content-MD5': md5Base64(body) };
    const { text } = await done(versioned, { method: 'POST', query: { delete: '' }, body, headers });
    expect(text).toContain('<Code>ObjectLocked</Code>');
    await done(versioned, { method: 'DELETE', key: 'k' });
    expect((await versioned({ method: 'GET', key: 'k', query: { versionId } })).text).toBe('hello');
  });

  it('are free after their time', async () => {
    const soon = new Date(Date.now() + 2_500).toISOString();
    await put(send, 'soon', 'hello', { ...retained(1), 'x-cos-object-lock-retain-until-date': soon });
    expectError(await send({ method: 'DELETE', key: 'soon' }), 409, 'ObjectLocked');
    await new Promise((resolve) => setTimeout(resolve, 2_600));
    await done(send, { method: 'DELETE', key: 'soon' });
    expectHeadError(await send({ method: 'HEAD', key: 'soon' }), 404);
  });
});

describe('retention', () => {
  it('is never shortened or taken away', async () => {
    await put(send, 'long', 'x', retained(10));
    expectError(await send(retention('long', until(inDays(5)))), 400, 'InvalidObjectLock');
    expectError(await send(retention('long', '')), 403, 'AccessDenied');
    await done(send, retention('long', until(inDays(20))));
    expectError(await send(retention('long', until(inDays(15)))), 400, 'InvalidObjectLock');
  });

  it('has one mode, and a date to come', async () => {
    await put(send, 'free', 'x');
    const governance = `<Mode>GOVERNANCE</Mode><RetainUntilDate>${inDays(1)}</RetainUntilDate>`;
    expectError(await send(retention('free', governance)), 400, 'InvalidArgument', 'COMPLIANCE');
    expectError(await send(retention('free', until('tomorrow'))), 400, 'MalformedXML');
    expectError(await send(retention('free', '<Mode>COMPLIANCE</Mode>')), 400, 'MalformedXML');
    const past = { method: 'PUT', key: 'new', body: 'x', headers: retained(-1) };
    expectError(await send(past), 400, 'InvalidArgument');
    expectHeadError(await send({ method: 'HEAD', key: 'new' }), 404);
  });

  it('of versions that are not there', async () => {
    expectError(await send(retention('absent', until(inDays(1)))), 404, 'NoSuchKey');
    await put(versioned, 'v', 'x');
    const versionId = 'MTg0NDUxNzcwMDkzMDE3NDQ0MDU';
    expectError(await versioned(retention('v', until(inDays(1)), { versionId })), 400, 'NoSuchVersion');
  });
});

describe('where nothing is locked', () => {
  it('there is no configuration', async () => {
    await put(send, 'unlocked', 'x');
    for (const name of ['retention', 'legal-hold']) {
      const read = { method: 'GET', key: 'unlocked', query: { [name]: '' } };
      expectError(await send(read), 404, 'NoSuchObjectLockConfiguration');
    }
    await put(send, 'held', 'x', HELD);
    const ofHeld = { method: 'GET', key: 'held', query: { retention: '' } };
    expectError(await send(ofHeld), 404, 'NoSuchObjectLockConfiguration');
    const ofBucket = { method: 'GET', query: { 'object-lock': '' } };
    expectError(await plain(ofBucket), 404, 'NoSuchObjectLockConfiguration');
  });

  it('a bucket without object lock takes none', async () => {
    for (const headers of [retained(1), HELD]) {
      expectError(await plain({ method: 'PUT', key: 'new', body: 'x', headers }), 400, 'InvalidRequest');
      const initiating = { method: 'POST', key: 'new', query: { uploads: '' }, headers };
      expectError(await plain(initiating), 400, 'InvalidRequest');
    }
    expectError(await plain(retention('k', until(inDays(1)))), 400, 'InvalidRequest');
    const hold = { method: 'PUT', key: 'k', query: { 'legal-hold': '' } };
    expectError(await plain({ ...hold, body: '<LegalHold><Status>ON</Status></LegalHold>' }), 400, 'InvalidRequest');
  });
});

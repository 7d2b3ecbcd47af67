/** Object lock: how a version gets locked, and what each operation may still do to it. Source: spec/objects.md §7. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  complete,
  expectStatus,
  failure,
  initiate,
  makeBucket,
  md5Base64,
  put,
  putParts,
  setBucketLock,
  setVersioning,
  textOf,
  textsOf,
  uploadPart,
} from '../../support/buckets.ts';
import type { Answer, Send } from '../../support/http.ts';
import { APPID, type ServerProcess, startServerProcess } from '../../support/server-process.ts';

let server: ServerProcess;
let send: Send;
let versioned: Send;
const LOCK = 'x-cos-object-lock-';
const DAY_MS = 86_400_000;
beforeAll(async () => {
  server = await startServerProcess();
  send = await makeBucket(server, 'lock', { lockDays: 0 });
  versioned = await makeBucket(server, 'lock-versions', { lockDays: 0, versioning: 'Enabled' });
});
afterAll(() => server.remove());

/** ISO 8601 with whole seconds. */
const inMs = (ms: number) => new Date(Math.floor((Date.now() + ms) / 1_000) * 1_000).toISOString();
const until = (date: string) => ({ [`${LOCK}mode`]: 'COMPLIANCE', [`${LOCK}retain-until-date`]: date });
const HOLD = { [`${LOCK}legal-hold`]: 'ON' };
const sub = (name: string, versionId?: string) => ({ [name]: '', ...(versionId === undefined ? {} : { versionId }) });
const setRetention = (key: string, date: string, to: Send = send, versionId?: string) =>
  to({
    method: 'PUT',
    key,
    query: sub('retention', versionId),
    body: `<Retention><Mode>COMPLIANCE</Mode><RetainUntilDate>${date}</RetainUntilDate></Retention>`,
  });
const setHold = (key: string, status: string, to: Send = send, versionId?: string) =>
  to({
    method: 'PUT',
    key,
    query: sub('legal-hold', versionId),
    body: `<LegalHold><Status>${status}</Status></LegalHold>`,
  });
const read = (key: string, name: string, from: Send = send, versionId?: string) =>
  from({ method: 'GET', key, query: sub(name, versionId) });
const head = async (key: string, from: Send = send, versionId?: string) =>
  (await from({ method: 'HEAD', key, query: versionId === undefined ? {} : { versionId } })).headers;
const shown = (headers: Answer['headers']) =>
  ['mode', 'retain-until-date', 'legal-hold'].map((name) => headers[`${LOCK}${name}`]);

describe('PutObjectRetention', () => {
  it('locks an object, and GET and HEAD show it', async () => {
    await put(send, 'k', 'x');
    const date = inMs(DAY_MS);
    const answer = await expectStatus(setRetention('k', date), 200);
    expect(answer.text).toBe('');
    for (const method of ['GET', 'HEAD']) {
      const { headers } = await send({ method, key: 'k' });
      expect(shown(headers)).toEqual(['COMPLIANCE', date, 'OFF']);
    }
    const { text } = await expectStatus(read('k', 'retention'), 200);
    expect(text).toContain(`<Retention><Mode>COMPLIANCE</Mode><RetainUntilDate>${date}</RetainUntilDate></Retention>`);
  });

  it('only moves the date on', async () => {
    await put(send, 'on', 'x');
    const date = inMs(DAY_MS);
    await expectStatus(setRetention('on', date), 200);
    expect(failure(await setRetention('on', inMs(DAY_MS / 2)))[1]).toBe('InvalidObjectLock');
    await expectStatus(setRetention('on', date), 200);
    const later = inMs(2 * DAY_MS);
    await expectStatus(setRetention('on', later), 200);
    expect(textOf((await read('on', 'retention')).text, 'RetainUntilDate')).toBe(later);
    await put(send, 'past', 'x');
    expect(failure(await setRetention('past', inMs(-DAY_MS)))[1]).toBe('InvalidObjectLock');
  });

  it('reads dates with any offset, and milliseconds', async () => {
    await put(send, 'offset', 'x');
    const date = inMs(DAY_MS);
    const east = new Date(Date.parse(date) + 8 * 3_600_000).toISOString().replace('.000Z', '+08:00');
    await expectStatus(setRetention('offset', east), 200);
    expect(textOf((await read('offset', 'retention')).text, 'RetainUntilDate')).toBe(date);
    const exact = date.replace('.000Z', '.250Z');
    await expectStatus(setRetention('offset', exact), 200);
    expect(textOf((await read('offset', 'retention')).text, 'RetainUntilDate')).toBe(exact);
  });

  it('cannot be taken away', async () => {
    await put(send, 'stays', 'x', until(inMs(DAY_MS)));
    for (const body of ['<Retention></Retention>', '<Retention/>']) {
      const answer = await send({ method: 'PUT', key: 'stays', query: sub('retention'), body });
      expect(failure(answer)).toEqual([403, 'AccessDenied']);
    }
    const bypass = { 'x-cos-bypass-governance-retention': 'true' };
    expect(failure(await send({ method: 'DELETE', key: 'stays', headers: bypass }))).toEqual([409, 'ObjectLocked']);
  });

  it('locks one version', async () => {
    const first = (await put(versioned, 'v', '1')).headers['x-cos-version-id'] as string;
    const second = (await put(versioned, 'v', '2')).headers['x-cos-version-id'] as string;
    const date = inMs(DAY_MS);
    await expectStatus(setRetention('v', date, versioned, first), 200);
    expect(shown(await head('v', versioned, first))).toEqual(['COMPLIANCE', date, 'OFF']);
    expect(shown(await head('v', versioned))).toEqual([undefined, undefined, undefined]);
    expect((await read('v', 'retention', versioned)).error['Code']).toBe('NoSuchObjectLockConfiguration');
    await expectStatus(setRetention('v', date, versioned), 200);
    expect(textOf((await read('v', 'retention', versioned, second)).text, 'RetainUntilDate')).toBe(date);
    await versioned({ method: 'DELETE', key: 'v' });
    expect(failure(await setRetention('v', date, versioned))).toEqual([404, 'NoSuchKey']);
  });

  it('needs a bucket with object lock', async () => {
    const plain = await makeBucket(server, 'lock-none');
    await put(plain, 'k', 'x');
    expect(failure(await setRetention('k', inMs(DAY_MS), plain))).toEqual([400, 'InvalidRequest']);
    expect(failure(await setHold('k', 'ON', plain))).toEqual([400, 'InvalidRequest']);
    expect(failure(await plain({ method: 'PUT', key: 'n', body: 'x', headers: until(inMs(DAY_MS)) }))[1]).toBe(
      'InvalidRequest',
    );
    expect(failure(await plain({ method: 'PUT', key: 'n', body: 'x', headers: HOLD }))[1]).toBe('InvalidRequest');
    expect((await read('k', 'retention', plain)).error['Code']).toBe('NoSuchObjectLockConfiguration');
  });

  it('ends by itself', async () => {
    await put(send, 'short', 'x', { ...until(inMs(3_000)) });
    expect(failure(await send({ method: 'DELETE', key: 'short' }))).toEqual([409, 'ObjectLocked']);
    for (let tried = 0; tried < 60; tried++) {
      if ((await send({ method: 'PUT', key: 'short', body: 'over' })).status === 200) break;
      await sleep(100);
    }
    expect((await send({ method: 'GET', key: 'short' })).text).toBe('over');
    expect((await send({ method: 'DELETE', key: 'short' })).status).toBe(204);
  });
});

describe('GetObjectRetention', () => {
  it('finds nothing where nothing is locked', async () => {
    await put(send, 'free', 'x');
    const answer = await read('free', 'retention');
    expect(failure(answer)).toEqual([404, 'NoSuchObjectLockConfiguration']);
    await put(send, 'held', 'x', HOLD);
    expect((await read('held', 'retention')).error['Code']).toBe('NoSuchObjectLockConfiguration');
    expect(failure(await read('absent', 'retention'))).toEqual([404, 'NoSuchKey']);
  });
});

describe('PutObjectLegalHold', () => {
  it('is put on and taken off, beside a retention', async () => {
    await put(send, 'hold', 'x');
    await expectStatus(setHold('hold', 'ON'), 200);
    expect(shown(await head('hold'))).toEqual([undefined, undefined, 'ON']);
    expect(failure(await send({ method: 'DELETE', key: 'hold' }))).toEqual([409, 'ObjectLocked']);
    const date = inMs(DAY_MS);
    await expectStatus(setRetention('hold', date), 200);
    expect(shown(await head('hold'))).toEqual(['COMPLIANCE', date, 'ON']);
    await expectStatus(setHold('hold', 'OFF'), 200);
    expect(failure(await send({ method: 'DELETE', key: 'hold' }))).toEqual([409, 'ObjectLocked']);
    await put(send, 'loose', 'x', HOLD);
    await expectStatus(setHold('loose', 'OFF'), 200);
    expect((await send({ method: 'DELETE', key: 'loose' })).status).toBe(204);
  });

  it('is of one version', async () => {
    const first = (await put(versioned, 'h', '1')).headers['x-cos-version-id'] as string;
    await put(versioned, 'h', '2');
    await expectStatus(setHold('h', 'ON', versioned, first), 200);
    expect(textOf((await read('h', 'legal-hold', versioned, first)).text, 'Status')).toBe('ON');
    expect((await read('h', 'legal-hold', versioned)).error['Code']).toBe('NoSuchObjectLockConfiguration');
    const kept = await versioned({ method: 'DELETE', key: 'h', query: { versionId: first } });
    expect(failure(kept)).toEqual([409, 'ObjectLocked']);
  });
});

describe('GetObjectLegalHold', () => {
  it('is OFF where only a retention locks, and absent where nothing does', async () => {
    await put(send, 'g1', 'x', until(inMs(DAY_MS)));
    expect((await expectStatus(read('g1', 'legal-hold'), 200)).text).toContain(
      '<LegalHold><Status>OFF</Status></LegalHold>',
    );
    await put(send, 'g2', 'x');
    expect(failure(await read('g2', 'legal-hold'))).toEqual([404, 'NoSuchObjectLockConfiguration']);
    await put(send, 'g3', 'x', HOLD);
    expect(textOf((await read('g3', 'legal-hold')).text, 'Status')).toBe('ON');
  });
});

describe('a lock on writing', () => {
  const date = inMs(DAY_MS);
  const lock = { ...until(date), ...HOLD };
  const LOCKED = ['COMPLIANCE', date, 'ON'];
  const copySource = (key: string) => ({ 'x-cos-copy-source': `lock-${APPID}/${key}`, 'Content-Length': '0' });

  it('PUT, copy, APPEND, symlink and initiate take it from their headers', async () => {
    await put(send, 'w/put', 'x', lock);
    await put(send, 'w/source', 'x');
    await expectStatus(send({ method: 'PUT', key: 'w/copy', headers: { ...copySource('w/source'), ...lock } }), 200);
    await putParts(send, 'w/parts', ['x'], lock);
    const append = { append: '', position: '0' };
    await expectStatus(send({ method: 'POST', key: 'w/log', query: append, headers: lock, body: 'x' }), 200);
    for (const key of ['w/put', 'w/copy', 'w/parts', 'w/log']) expect(shown(await head(key)), key).toEqual(LOCKED);
  });

  it('a copy does not inherit it', async () => {
    await put(send, 'w/locked', 'x', lock);
    await expectStatus(send({ method: 'PUT', key: 'w/free', headers: copySource('w/locked') }), 200);
    expect(shown(await head('w/free'))).toEqual([undefined, undefined, undefined]);
  });

  it('an upload is not locked before it is completed', async () => {
    const uploadId = await initiate(send, 'w/late', lock);
    await put(send, 'w/late', 'meanwhile');
    const etag = await uploadPart(send, 'w/late', uploadId, 1, 'x');
    await expectStatus(complete(send, 'w/late', uploadId, [etag]), 200);
    expect(shown(await head('w/late'))).toEqual(LOCKED);
  });

  it('asks for both headers, in this mode, for the future', async () => {
    const attempt = async (headers: Record<string, string>) =>
      failure(await send({ method: 'PUT', key: 'w/bad', body: 'x', headers }));
    const bad = [400, 'InvalidArgument'];
    expect(await attempt({ [`${LOCK}mode`]: 'COMPLIANCE' })).toEqual(bad);
    expect(await attempt({ [`${LOCK}retain-until-date`]: date })).toEqual(bad);
    expect(await attempt({ ...until(date), [`${LOCK}mode`]: 'GOVERNANCE' })).toEqual(bad);
    expect(await attempt(until('tomorrow'))).toEqual(bad);
    expect(await attempt(until(inMs(-1_000)))).toEqual(bad);
    expect(await attempt({ [`${LOCK}legal-hold`]: 'MAYBE' })).toEqual(bad);
    expect((await send({ method: 'HEAD', key: 'w/bad' })).status).toBe(404);
  });

  it('otherwise comes from the rule of the bucket, for what is written afterwards', async () => {
    const ruled = await makeBucket(server, 'lock-rule', { lockDays: 0 });
    await put(ruled, 'before', 'x');
    const uploadId = await initiate(ruled, 'parts');
    await setBucketLock(ruled, 10);
    const from = Date.now();
    await put(ruled, 'put', 'x');
    await expectStatus(ruled({ method: 'POST', key: 'log', query: { append: '', position: '0' }, body: 'x' }), 200);
    await expectStatus(
      ruled({ method: 'PUT', key: 'link', query: { symlink: '' }, headers: { 'x-cos-symlink-target': 'before' } }),
      200,
    );
    await complete(ruled, 'parts', uploadId, [await uploadPart(ruled, 'parts', uploadId, 1, 'x')]);
    for (const key of ['put', 'log', 'link', 'parts']) {
      const answer = await expectStatus(read(key, 'retention', ruled), 200);
      const kept = Date.parse(textOf(answer.text, 'RetainUntilDate')!) - 10 * DAY_MS;
      expect(kept, key).toBeGreaterThanOrEqual(from - 1_000);
      expect(kept, key).toBeLessThanOrEqual(Date.now() + 1_000);
    }
    await put(ruled, 'own', 'x', until(date));
    expect(shown(await head('own', ruled))[1]).toBe(date);
    expect(shown(await head('before', ruled))[0]).toBeUndefined();
    await setBucketLock(ruled, 0);
    await put(ruled, 'after', 'x');
    expect(shown(await head('after', ruled))[0]).toBeUndefined();
    expect(failure(await ruled({ method: 'DELETE', key: 'put' }))).toEqual([409, 'ObjectLocked']);
  });
});

describe('the bucket', () => {
  it('may keep versions later: what was locked before stays, as the null version', async () => {
    const bucket = await makeBucket(server, 'lock-then-versions', { lockDays: 0 });
    await put(bucket, 'k', 'locked', HOLD);
    expect(failure(await bucket({ method: 'PUT', key: 'k', body: 'x' }))).toEqual([409, 'ObjectLocked']);
    await setVersioning(bucket, 'Enabled');
    await put(bucket, 'k', 'over it');
    expect((await bucket({ method: 'DELETE', key: 'k' })).headers['x-cos-delete-marker']).toBe('true');
    const query = { versionId: 'null' };
    expect(failure(await bucket({ method: 'DELETE', key: 'k', query }))).toEqual([409, 'ObjectLocked']);
    expect((await bucket({ method: 'GET', key: 'k', query })).text).toBe('locked');
    await expectStatus(setHold('k', 'OFF', bucket, 'null'), 200);
    expect((await bucket({ method: 'DELETE', key: 'k', query })).status).toBe(204);
  });

  it('shows its rule, and goes with versioning only while that is not suspended', async () => {
    const bucket = await makeBucket(server, 'lock-bucket');
    const config = () => bucket({ method: 'GET', query: { 'object-lock': '' } });
    expect(failure(await config())).toEqual([404, 'NoSuchObjectLockConfiguration']);
    await setVersioning(bucket, 'Enabled');
    await setBucketLock(bucket, 5);
    const { text } = await expectStatus(config(), 200);
    expect([textOf(text, 'ObjectLockEnabled'), textOf(text, 'Mode'), textOf(text, 'Days')]).toEqual([
      'Enabled',
      'COMPLIANCE',
      '5',
    ]);
    const suspend = '<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>';
    expect(failure(await bucket({ method: 'PUT', query: { versioning: '' }, body: suspend }))).toEqual([
      409,
      'InvalidBucketState',
    ]);
    const suspended = await makeBucket(server, 'lock-suspended', { versioning: 'Suspended' });
    await expect(setBucketLock(suspended)).rejects.toThrow('InvalidBucketState');
  });
});

describe.each([
  ['retention', () => until(inMs(DAY_MS))],
  ['legal hold', () => HOLD],
] as const)('while %s locks an object', (name, lock) => {
  const key = `locked by ${name}`;
  const source = `${encodeURIComponent(key)}`;
  const onto = (bucket: string) => ({ 'x-cos-copy-source': `${bucket}-${APPID}/${source}`, 'Content-Length': '0' });
  const tags = '<Tagging><TagSet><Tag><Key>a</Key><Value>1</Value></Tag></TagSet></Tagging>';
  let id = '';
  beforeAll(async () => {
    for (const bucket of [send, versioned]) await put(bucket, key, 'locked', { ...lock(), 'x-cos-tagging': 'a=0' });
    id = (await head(key, versioned))['x-cos-version-id'] as string;
  });

  it('nothing is written over it in a bucket without versions', async () => {
    const uploadId = await initiate(send, key);
    const etag = await uploadPart(send, key, uploadId, 1, 'x');
    const changed = { 'x-cos-metadata-directive': 'Replaced' };
    const attempts: Record<string, Promise<Answer>> = {
      put: send({ method: 'PUT', key, body: 'x' }),
      complete: complete(send, key, uploadId, [etag]),
      copy: send({ method: 'PUT', key, headers: { 'x-cos-copy-source': `lock-${APPID}/k`, 'Content-Length': '0' } }),
      'self copy': send({ method: 'PUT', key, headers: { ...onto('lock'), ...changed } }),
      'class change': send({ method: 'PUT', key, headers: { ...onto('lock'), 'x-cos-storage-class': 'ARCHIVE' } }),
      symlink: send({ method: 'PUT', key, query: { symlink: '' }, headers: { 'x-cos-symlink-target': 'k' } }),
      append: send({ method: 'POST', key, query: { append: '', position: '6' }, body: 'x' }),
      delete: send({ method: 'DELETE', key }),
      'delete null': send({ method: 'DELETE', key, query: { versionId: 'null' } }),
      tagging: send({ method: 'PUT', key, query: { tagging: '' }, body: tags }),
      untagging: send({ method: 'DELETE', key, query: { tagging: '' } }),
    };
    for (const [what, answer] of Object.entries(attempts))
      expect(failure(await answer), what).toEqual([409, 'ObjectLocked']);
    const got = await send({ method: 'GET', key });
    expect([got.text, got.headers['x-cos-tagging-count'], got.headers['x-cos-storage-class']]).toEqual([
      'locked',
      '1',
      undefined,
    ]);
  });

  it('of several deletions only its own fails', async () => {
    await put(send, 'beside', 'x');
    const body = `<Delete><Object><Key>beside</Key></Object><Object><Key>${key}</Key></Object><Object><Key>absent</Key></Object></Delete>`;
    const headers = { 'Content-MD5': md5Base64(body) };
    const { text } = await expectStatus(send({ method: 'POST', query: { delete: '' }, headers, body }), 200);
    expect(text).toContain(`<Error><Key>${key}</Key><Code>ObjectLocked</Code>`);
    expect([textsOf(text, 'Code'), textsOf(text, 'Key')]).toEqual([['ObjectLocked'], ['beside', key, 'absent']]);
    expect((await send({ method: 'HEAD', key: 'beside' })).status).toBe(404);
  });

  it('reading, ACL and being copied are allowed', async () => {
    await expectStatus(send({ method: 'GET', key }), 200);
    await expectStatus(send({ method: 'PUT', key, query: { acl: '' }, headers: { 'x-cos-acl': 'public-read' } }), 200);
    expect((await send({ method: 'GET', key, signed: false })).status).toBe(200);
    await expectStatus(send({ method: 'PUT', key: 'free copy', headers: onto('lock') }), 200);
    expect((await send({ method: 'DELETE', key: 'free copy' })).status).toBe(204);
    await put(send, `cold ${name}`, 'x', { ...lock(), 'x-cos-storage-class': 'ARCHIVE' });
    const body = '<RestoreRequest><Days>1</Days></RestoreRequest>';
    await expectStatus(send({ method: 'POST', key: `cold ${name}`, query: { restore: '' }, body }), 202);
  });

  it('versions come on top of it, and the locked one stays', async () => {
    const version = async (answer: Promise<Answer>) => (await answer).headers['x-cos-version-id'];
    const again = await version(put(versioned, key, 'again'));
    const parts = await version(putParts(versioned, key, ['parts']));
    const copied = await version(expectStatus(versioned({ method: 'PUT', key, headers: onto('lock') }), 200));
    const marker = await version(expectStatus(versioned({ method: 'DELETE', key }), 204));
    expect(new Set([id, again, parts, copied, marker]).size).toBe(5);
    const gone = await versioned({ method: 'DELETE', key, query: { versionId: id } });
    expect(failure(gone)).toEqual([409, 'ObjectLocked']);
    const body = `<Delete><Object><Key>${key}</Key><VersionId>${id}</VersionId></Object><Object><Key>${key}</Key><VersionId>${again}</VersionId></Object></Delete>`;
    const headers = { 'Content-MD5': md5Base64(body) };
    const { text } = await expectStatus(versioned({ method: 'POST', query: { delete: '' }, headers, body }), 200);
    expect(text).toContain(`<Error><Key>${key}</Key><VersionId>${id}</VersionId><Code>ObjectLocked</Code>`);
    expect(text).toContain(`<Deleted><Key>${key}</Key><VersionId>${again}</VersionId></Deleted>`);
    const tagged = await versioned({ method: 'PUT', key, query: { tagging: '', versionId: id }, body: tags });
    expect(failure(tagged)).toEqual([409, 'ObjectLocked']);
    expect((await versioned({ method: 'GET', key, query: { versionId: id } })).text).toBe('locked');
  });
});

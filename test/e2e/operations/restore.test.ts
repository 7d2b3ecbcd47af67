/**
 * Storage classes, and the states of archived objects. The server's clock of restores runs 25,000 times as fast: a day
 * takes 3.5 seconds. Source: spec/objects.md §4, §8.10.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { complete, expectStatus, failure, initiate, makeBucket, put, putParts, textOf } from '../../support/buckets.ts';
import type { Answer, Send } from '../../support/http.ts';
import { SDKS } from '../../support/sdk.ts';
import { APPID, REGION, type ServerProcess, startServerProcess } from '../../support/server-process.ts';

const SCALE = 0.00004;
const DAY_MS = 86_400_000 * SCALE;
let server: ServerProcess;
let send: Send;
beforeAll(async () => {
  server = await startServerProcess({ flags: ['--restore-time-scale', String(SCALE)] });
  send = await makeBucket(server, 'archive');
});
afterAll(() => server.remove());

const store = (key: string, storageClass: string, to: Send = send, body = `${key} body`) =>
  put(to, key, body, { 'x-cos-storage-class': storageClass });
function restore(key: string, days: number, tier?: string, to: Send = send, versionId?: string): Promise<Answer> {
  const job = tier === undefined ? '' : `<CASJobParameters><Tier>${tier}</Tier></CASJobParameters>`;
  const query = { restore: '', ...(versionId === undefined ? {} : { versionId }) };
  return to({ method: 'POST', key, query, body: `<RestoreRequest><Days>${days}</Days>${job}</RestoreRequest>` });
}
const head = async (key: string, from: Send = send, query = {}) => (await from({ method: 'HEAD', key, query })).headers;
const get = (key: string, from: Send = send, query = {}) => from({ method: 'GET', key, query });

/** Asks until the header of the restore is as wanted. */
async function waitFor(key: string, wanted: RegExp | undefined, from: Send = send): Promise<Answer['headers']> {
  for (let tried = 0; tried < 100; tried++) {
    const headers = await head(key, from);
    const state = headers['x-cos-restore'] as string | undefined;
    if (wanted === undefined ? state === undefined : wanted.test(state ?? '')) return headers;
    await sleep(100);
  }
  throw new Error(`${key} never came to be ${wanted}`);
}
const RESTORED = /^ongoing-request="false", expiry-date="(\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT)"$/;

describe('PostObjectRestore', () => {
  it('goes from archived over restoring to restored, and back', async () => {
    await store('cycle', 'DEEP_ARCHIVE');
    expect(failure(await get('cycle'))).toEqual([403, 'InvalidObjectState']);
    expect((await head('cycle'))['x-cos-restore']).toBeUndefined();

    const started = await expectStatus(restore('cycle', 1, 'Standard'), 202);
    expect(started.text).toBe('');
    const ongoing = await head('cycle');
    expect(ongoing['x-cos-restore']).toBe('ongoing-request="true"');
    const status = /^tier="standard"; request-date="(.*GMT)"$/.exec(ongoing['x-cos-restore-status'] as string)!;
    expect(Math.abs(Date.parse(status[1]!) - Date.now())).toBeLessThan(10_000);
    expect(failure(await get('cycle'))).toEqual([403, 'InvalidObjectState']);
    expect(failure(await restore('cycle', 1, 'Standard'))).toEqual([409, 'RestoreAlreadyInProgress']);
    expect(failure(await restore('cycle', 1, 'Bulk'))).toEqual([409, 'RestoreAlreadyInProgress']);

    const restored = await waitFor('cycle', RESTORED);
    const expiry = Date.parse(RESTORED.exec(restored['x-cos-restore'] as string)![1]!);
    expect(Math.abs(expiry - Date.now() - DAY_MS)).toBeLessThan(3_000);
    expect(restored['x-cos-restore-status']).toBeUndefined();
    expect(restored['x-cos-storage-class']).toBe('DEEP_ARCHIVE');
    expect((await get('cycle')).text).toBe('cycle body');

    await waitFor('cycle', undefined);
    expect(failure(await get('cycle'))).toEqual([403, 'InvalidObjectState']);
    await expectStatus(restore('cycle', 1, 'Bulk'), 202);
  });

  it('turns a running job into a faster one', async () => {
    await store('faster', 'DEEP_ARCHIVE');
    await expectStatus(restore('faster', 30, 'Bulk'), 202);
    expect((await head('faster'))['x-cos-restore-status']).toContain('tier="bulk"');
    await expectStatus(restore('faster', 30, 'Standard'), 202);
    expect((await head('faster'))['x-cos-restore-status']).toContain('tier="standard"');
  });

  it('takes Standard where no tier is named, and any spelling of it', async () => {
    await store('tier', 'DEEP_ARCHIVE');
    await expectStatus(restore('tier', 30), 202);
    expect((await head('tier'))['x-cos-restore-status']).toContain('tier="standard"');
    await store('quick', 'ARCHIVE');
    await expectStatus(restore('quick', 30, 'EXPEDITED'), 202);
    await waitFor('quick', RESTORED);
    await store('deep', 'DEEP_ARCHIVE');
    expect(failure(await restore('deep', 30, 'Expedited'))).toEqual([400, 'InvalidArgument']);
  });

  it('moves the expiry of a copy that is there', async () => {
    await store('extend', 'ARCHIVE');
    await expectStatus(restore('extend', 100, 'Expedited'), 202);
    const expiry = (headers: Answer['headers']) => Date.parse(RESTORED.exec(headers['x-cos-restore'] as string)![1]!);
    const first = expiry(await waitFor('extend', RESTORED));
    await expectStatus(restore('extend', 200), 202);
    const second = expiry(await head('extend'));
    expect(Math.abs(second - first - 100 * DAY_MS)).toBeLessThan(5_000);
    await expectStatus(restore('extend', 50), 202);
    expect(expiry(await head('extend'))).toBeLessThan(first);
    expect((await get('extend')).text).toBe('extend body');
  });

  it('is of one version; overwriting drops it', async () => {
    const versioned = await makeBucket(server, 'archive-versions', { versioning: 'Enabled' });
    const first = (await store('v', 'ARCHIVE', versioned, 'first')).headers['x-cos-version-id'] as string;
    await store('v', 'ARCHIVE', versioned, 'second');
    await expectStatus(restore('v', 100, 'Expedited', versioned, first), 202);
    for (let tried = 0; (await get('v', versioned, { versionId: first })).status !== 200 && tried < 50; tried++)
      await sleep(50);
    expect((await get('v', versioned, { versionId: first })).text).toBe('first');
    expect(failure(await get('v', versioned))).toEqual([403, 'InvalidObjectState']);
    await versioned({ method: 'DELETE', key: 'v' });
    expect(failure(await restore('v', 1, 'Expedited', versioned))).toEqual([404, 'NoSuchKey']);
    await expectStatus(restore('v', 100, 'Expedited', versioned, first), 202);

    await store('over', 'ARCHIVE');
    await expectStatus(restore('over', 100, 'Expedited'), 202);
    await waitFor('over', RESTORED);
    await store('over', 'ARCHIVE');
    expect((await head('over'))['x-cos-restore']).toBeUndefined();
    expect(failure(await get('over'))).toEqual([403, 'InvalidObjectState']);
  });

  it('changes neither ETag nor modification time, nor tags', async () => {
    await put(send, 'still', 'x', { 'x-cos-storage-class': 'ARCHIVE', 'x-cos-tagging': 'a=1' });
    const before = await head('still');
    await restore('still', 1);
    const after = await head('still');
    for (const name of ['etag', 'last-modified', 'x-cos-tagging-count', 'x-cos-storage-class'] as const) {
      expect(after[name]).toBe(before[name]);
    }
  });

  it('restores objects of several parts', async () => {
    await putParts(send, 'parts', ['of parts'], { 'x-cos-storage-class': 'ARCHIVE' });
    expect(failure(await get('parts', send, { partNumber: '1' }))).toEqual([403, 'InvalidObjectState']);
    await restore('parts', 100, 'Expedited');
    await waitFor('parts', RESTORED);
    expect((await get('parts', send, { partNumber: '1' })).text).toBe('of parts');
  });

  it('is for archived classes only', async () => {
    for (const storageClass of ['STANDARD', 'STANDARD_IA']) {
      await store('warm', storageClass);
      expect(failure(await restore('warm', 1))).toEqual([405, 'RestoreNonArchiveObject']);
    }
  });

  it.each(SDKS)('through the SDK %s', async (_, make) => {
    const cos = make(server);
    const at = { Bucket: `archive-${APPID}`, Region: REGION, Key: 'sdk' };
    await cos.putObject({ ...at, Body: 'from the SDK', StorageClass: 'ARCHIVE' });
    const RestoreRequest = { Days: 100, CASJobParameters: { Tier: 'Expedited' } };
    expect((await cos.restoreObject({ ...at, RestoreRequest })).statusCode).toBe(202);
    await waitFor('sdk', RESTORED);
    expect((await cos.getObject(at)).Body.toString()).toBe('from the SDK');
  });
});

describe('an archived object without a restored copy', () => {
  const source = { 'x-cos-copy-source': `archive-${APPID}/cold`, 'Content-Length': '0' };
  beforeAll(() => store('cold', 'ARCHIVE'));

  it('refuses to be read, in any way, and says its class', async () => {
    await store('deep-cold', 'DEEP_ARCHIVE');
    const uploadId = await initiate(send, 'x');
    const refused: Answer[] = [
      await get('cold'),
      await send({ method: 'GET', key: 'cold', headers: { Range: 'bytes=0-0' } }),
      await send({ method: 'PUT', key: 'x', headers: source }),
      await send({ method: 'PUT', key: 'cold', headers: { ...source, 'x-cos-storage-class': 'STANDARD' } }),
      await send({ method: 'PUT', key: 'x', query: { partNumber: '1', uploadId }, headers: source }),
    ];
    for (const answer of refused) {
      expect([...failure(answer), answer.headers['x-cos-storage-class']]).toEqual([
        403,
        'InvalidObjectState',
        'ARCHIVE',
      ]);
      expect(answer.error['Message']).toBe('The operation is not valid for the object storage class.');
    }
    expect((await get('deep-cold')).headers['x-cos-storage-class']).toBe('DEEP_ARCHIVE');
  });

  it('allows HEAD, conditions, tags, ACL, listing, overwriting and deletion', async () => {
    const headers = await head('cold');
    expect([headers['x-cos-storage-class'], headers['content-length']]).toEqual(['ARCHIVE', '9']);
    const unchanged = await send({ method: 'GET', key: 'cold', headers: { 'If-None-Match': headers['etag']! } });
    expect(unchanged.status).toBe(304);
    const body = '<Tagging><TagSet><Tag><Key>a</Key><Value>1</Value></Tag></TagSet></Tagging>';
    await expectStatus(send({ method: 'PUT', key: 'cold', query: { tagging: '' }, body }), 200);
    await expectStatus(
      send({ method: 'PUT', key: 'cold', query: { acl: '' }, headers: { 'x-cos-acl': 'public-read' } }),
      200,
    );
    expect(textOf((await get('', send, { prefix: 'cold' })).text, 'StorageClass')).toBe('ARCHIVE');
    await put(send, 'cold', 'over it');
    expect((await get('cold')).text).toBe('over it');
    await store('cold', 'ARCHIVE');
    expect((await send({ method: 'DELETE', key: 'cold' })).status).toBe(204);
    await store('cold', 'ARCHIVE');
  });

  it('can be copied, and change its class, once it is restored', async () => {
    await store('thaw', 'ARCHIVE');
    await restore('thaw', 100, 'Expedited');
    await waitFor('thaw', RESTORED);
    const from = { 'x-cos-copy-source': `archive-${APPID}/thaw`, 'Content-Length': '0' };
    await expectStatus(send({ method: 'PUT', key: 'thawed', headers: from }), 200);
    expect((await head('thawed'))['x-cos-storage-class']).toBeUndefined();
    const uploadId = await initiate(send, 'thawed-part', { 'x-cos-storage-class': 'DEEP_ARCHIVE' });
    const part = await expectStatus(
      send({ method: 'PUT', key: 'thawed-part', query: { partNumber: '1', uploadId }, headers: from }),
      200,
    );
    await expectStatus(complete(send, 'thawed-part', uploadId, [textOf(part.text, 'ETag')!]), 200);
    expect((await head('thawed-part'))['x-cos-storage-class']).toBe('DEEP_ARCHIVE');
    await expectStatus(
      send({ method: 'PUT', key: 'thaw', headers: { ...from, 'x-cos-storage-class': 'STANDARD_IA' } }),
      200,
    );
    const headers = await head('thaw');
    expect([headers['x-cos-storage-class'], headers['x-cos-restore']]).toEqual(['STANDARD_IA', undefined]);
    expect((await get('thaw')).text).toBe('thaw body');
  });
});

describe('where each class may be used', () => {
  const attempt = async (to: Send, storageClass: string, query = {}, method = 'PUT') =>
    failure(
      await to({
        method,
        key: 'k',
        query,
        body: method === 'PUT' ? 'x' : '',
        headers: { 'x-cos-storage-class': storageClass },
      }),
    );

  it('one zone takes no multi-AZ class, and no unknown one', async () => {
    const classes = ['MAZ_STANDARD', 'maz_archive', 'INTELLIGENT_TIERING', 'COLD', 'REDUCED_REDUNDANCY'];
    const codes = await Promise.all(classes.map((name) => attempt(send, name)));
    expect(codes).toEqual([
      [400, 'MAZOperationNotSupportOnOAZBucket'],
      [400, 'MAZOperationNotSupportOnOAZBucket'],
      [400, 'NotSupportedStorageClass'],
      [400, 'NotSupportedStorageClass'],
      [400, 'NotSupportedStorageClass'],
    ]);
    expect(await attempt(send, 'MAZ_STANDARD', { uploads: '' }, 'POST')).toEqual([
      400,
      'MAZOperationNotSupportOnOAZBucket',
    ]);
  });

  it('several zones take multi-AZ classes alone, MAZ_STANDARD by default', async () => {
    const multi = await makeBucket(server, 'multi-az', { multiAz: true });
    await put(multi, 'default', 'x');
    expect((await head('default', multi))['x-cos-storage-class']).toBe('MAZ_STANDARD');
    await store('ia', 'Maz_Standard_IA', multi);
    expect((await head('ia', multi))['x-cos-storage-class']).toBe('MAZ_STANDARD_IA');
    expect(textOf((await get('', multi, { prefix: 'ia' })).text, 'StorageClass')).toBe('MAZ_STANDARD_IA');
    for (const name of ['STANDARD', 'ARCHIVE'])
      expect(await attempt(multi, name)).toEqual([400, 'OAZOperationNotSupportOnMAZBucket']);
    const append = await multi({ method: 'POST', key: 'log', query: { append: '', position: '0' }, body: 'x' });
    expect(failure(append)).toEqual([400, 'OAZOperationNotSupportOnMAZBucket']);
    const out = await send({
      method: 'PUT',
      key: 'out',
      headers: { 'x-cos-copy-source': `multi-az-${APPID}/default`, 'Content-Length': '0' },
    });
    expect(failure(out)).toEqual([400, 'MAZOperationNotSupportOnOAZBucket']);
  });
});

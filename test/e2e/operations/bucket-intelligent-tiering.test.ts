/** Intelligent tiering: both versions of its documents, and what becomes of objects. Source: spec/buckets.md §24. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectStatus, failure, makeBucket, put, putParts, setBucketLock, textOf } from '../../support/buckets.ts';
import { expectError } from '../../support/expect-error.ts';
import { type Answer, clientOf, type Send } from '../../support/http.ts';
import { APPID, type ServerProcess, startServerProcess } from '../../support/server-process.ts';
import { advanceClock, resumeClock } from '../../support/test-clock.ts';

const FLAGS = ['--test-clock', '--limits-min-part-bytes', '1', '--multi-az-regions', 'ap-guangzhou'];

let server: ServerProcess;
/** Without intelligent tiering. */
let bare: Send;
let on: Send;
let locked: Send;
beforeAll(async () => {
  server = await startServerProcess({ flags: FLAGS });
  bare = await makeBucket(server, 'no-tiers');
  on = await makeBucket(server, 'tiers', { acl: 'public-read' });
  locked = await makeBucket(server, 'tiers-locked', { lockDays: 0 });
  await expectStatus(setV1(on, v1(30)), 200);
});
afterAll(() => server.remove());

const ROOT = 'IntelligentTieringConfiguration';
const numbers = (days: number | string, reads: number | string = 1) =>
  `<Days>${days}</Days><RequestFrequent>${reads}</RequestFrequent>`;
const v1 = (days: number | string, reads: number | string = 1, status = 'Enabled') =>
  `<${ROOT}><Status>${status}</Status><Transition>${numbers(days, reads)}</Transition></${ROOT}>`;
const step = (tier: string, inner: string) => `<Tiering><AccessTier>${tier}</AccessTier>${inner}</Tiering>`;
const v2 = (id: string, steps: string, status = 'Enabled', filter = '') =>
  `<${ROOT}><Id>${id}</Id><Status>${status}</Status>${filter}${steps}</${ROOT}>`;
const defaultRule = (days: number) => v2('default', step('INFREQUENT', numbers(days)));
const ARCHIVE = step('ARCHIVE_ACCESS', '<Days>91</Days>') + step('DEEP_ARCHIVE_ACCESS', '<Days>180</Days>');
const listOf = (rules: string) =>
  `<ListBucketIntelligentTieringConfigurationsOutput>${rules}</ListBucketIntelligentTieringConfigurationsOutput>`;

const setV1 = (to: Send, body: string) => to({ method: 'PUT', query: { intelligenttiering: '' }, body });
const getV1 = (from: Send) => from({ method: 'GET', query: { intelligenttiering: '' } });
const rule = (id: string) => ({ 'intelligent-tiering': '', id });
const setV2 = (to: Send, id: string, body: string) => to({ method: 'PUT', query: rule(id), body });
const getV2 = (from: Send, id: string) => from({ method: 'GET', query: rule(id) });
const listV2 = (from: Send) => from({ method: 'GET', query: { 'intelligent-tiering': '' } });
const removeV2 = (from: Send, id: string) => from({ method: 'DELETE', query: rule(id) });

describe('PutBucketIntelligentTiering', () => {
  it('switches it on for ever: the same again is fine, anything else is not', async () => {
    const send = await makeBucket(server, 'tiers-v1');
    await expectStatus(setV1(send, v1(60)), 200);
    await expectStatus(setV1(send, v1(60)), 200);
    const message = 'Not support modify intelligent tiering configuration';
    expectError(await setV1(send, v1(30)), 400, 'InvalidRequest', message);
    expectError(await setV1(send, v1(60, 1, 'Disabled')), 400, 'InvalidRequest', message);
    expect((await getV1(send)).text).toBe(v1(60));
    expect((await listV2(send)).text).toBe(listOf(defaultRule(60)));
  });

  it('needs no number of reads', async () => {
    const send = await makeBucket(server, 'tiers-no-reads');
    await expectStatus(setV1(send, v1(90).replace(/<RequestFrequent>1<\/RequestFrequent>/, '')), 200);
    expect((await getV1(send)).text).toBe(v1(90));
  });

  it.each([
    ['other days', v1(45), 'InvalidArgument'],
    ['days that are no number', v1('many'), 'InvalidArgument'],
    ['two reads', v1(30, 2), 'InvalidArgument'],
    ['it switched off from the start', v1(30, 1, 'Disabled'), 'InvalidArgument'],
    ['an unknown status', v1(30, 1, 'On'), 'InvalidArgument'],
    ['no transition', `<${ROOT}><Status>Enabled</Status></${ROOT}>`, 'MalformedXML'],
    ['no status', v1(30, 1, ''), 'MalformedXML'],
    ['no days', v1(''), 'MalformedXML'],
    ['another root', '<Tiering/>', 'MalformedXML'],
    ['no body', '', 'MissingRequestBodyError'],
    ['more than 64 KiB', v1(30) + ' '.repeat(65_536), 'XMLSizeLimit'],
  ] as const)('refuses %s', async (_, body, code) => {
    expectError(await setV1(bare, body), 400, code);
    expect((await getV1(bare)).text).toBe(`<${ROOT}/>`);
  });

  it('goes with object lock neither way', async () => {
    expectError(await setV1(locked, v1(30)), 409, 'BucketLocked');
    expectError(await setV2(locked, 'default', defaultRule(30)), 409, 'BucketLocked');
    const refused = setBucketLock(on);
    await expect(refused).rejects.toThrow('InvalidBucketState');
    expect((await on({ method: 'GET', query: { 'object-lock': '' } })).status).toBe(404);
  });

  it('is for the owner', async () => {
    const nobody: Send = (sent) => on({ ...sent, signed: false });
    const id = 'default';
    const calls = [setV1(nobody, v1(30)), getV1(nobody), setV2(nobody, id, ''), getV2(nobody, id), listV2(nobody)];
    for (const answer of await Promise.all([...calls, removeV2(nobody, id)])) {
      expect(failure(answer)).toEqual([403, 'AccessDenied']);
    }
  });
});

describe('GetBucketIntelligentTiering', () => {
  it('is empty until it is set', async () => {
    expect((await expectStatus(getV1(bare), 200)).text).toBe(`<${ROOT}/>`);
    expect((await expectStatus(getV1(on), 200)).text).toBe(v1(30));
  });
});

describe('PutBucketIntelligentTieringV2', () => {
  it('sets the default rule, which version 1 shows, once', async () => {
    const send = await makeBucket(server, 'tiers-v2');
    await expectStatus(setV2(send, 'default', defaultRule(90)), 200);
    await expectStatus(setV2(send, 'default', defaultRule(90)), 200);
    expect((await getV1(send)).text).toBe(v1(90));
    const message = 'The default rule cannot be modified';
    expectError(await setV2(send, 'default', defaultRule(30)), 400, 'InvalidRequest', message);
    expectError(await removeV2(send, 'default'), 400, 'InvalidRequest', message);
    expect((await getV2(send, 'default')).text).toBe(defaultRule(90));
  });

  it.each([
    ['archive tiers', 'mine', v2('mine', ARCHIVE), 501, 'NotImplemented'],
    [
      'another id than the one asked for',
      'default',
      v2('mine', step('INFREQUENT', numbers(30))),
      400,
      'InvalidArgument',
    ],
    ['the tier INFREQUENT by another id', 'mine', v2('mine', step('INFREQUENT', numbers(30))), 400, 'InvalidArgument'],
    ['archive tiers by default', 'default', v2('default', ARCHIVE), 400, 'InvalidArgument'],
    [
      'a filter by default',
      'default',
      v2('default', step('INFREQUENT', numbers(30)), 'Enabled', '<Filter><Prefix>a</Prefix></Filter>'),
      400,
      'InvalidArgument',
    ],
    ['no tier', 'default', v2('default', ''), 400, 'MalformedXML'],
    ['an empty id', '', defaultRule(30), 400, 'InvalidArgument'],
    ['no body', 'default', '', 400, 'MissingRequestBodyError'],
  ] as const)('refuses %s', async (_, id, body, status, code) => {
    expectError(await setV2(bare, id, body), status, code);
    expect((await listV2(bare)).text).toBe(listOf(''));
  });
});

describe('GetBucketIntelligentTieringV2', () => {
  it('knows the default rule alone', async () => {
    expect((await expectStatus(getV2(on, 'default'), 200)).text).toBe(defaultRule(30));
    expectError(await getV2(on, 'mine'), 404, 'IntelligentTieringConfigurationNotFoundError');
    expectError(await getV2(bare, 'default'), 404, 'IntelligentTieringConfigurationNotFoundError');
  });
});

describe('ListBucketIntelligentTieringConfigurations', () => {
  it('has the default rule or nothing', async () => {
    expect((await expectStatus(listV2(on), 200)).text).toBe(listOf(defaultRule(30)));
    expect((await expectStatus(listV2(bare), 200)).text).toBe(listOf(''));
  });
});

describe('DeleteBucketIntelligentTieringV2', () => {
  it('removes what is not there, and not the default rule', async () => {
    await expectStatus(removeV2(bare, 'default'), 204);
    await expectStatus(removeV2(on, 'mine'), 204);
    expectError(await removeV2(on, 'default'), 400, 'InvalidRequest');
  });
});

describe('objects of the class INTELLIGENT_TIERING', () => {
  const TIERED = { 'x-cos-storage-class': 'INTELLIGENT_TIERING' };
  const LARGE = Buffer.alloc(64 * 1024, 'x');
  /** Signed by the system's time, which is not the server's for a while. */
  const open: Send = (sent) => on({ ...sent, signed: false });
  const tier = ({ headers }: Answer) => headers['x-cos-storage-tier'];
  const look = async (key: string) => tier(await expectStatus(open({ method: 'HEAD', key }), 200));
  const listed = async (key: string, query: Record<string, string> = {}) =>
    textOf((await expectStatus(open({ method: 'GET', query: { prefix: key, ...query } }), 200)).text, 'StorageTier');

  it('are taken where it is on, in every way of writing but APPEND', async () => {
    for (const write of [
      () => put(on, 'large', LARGE, TIERED),
      () => put(on, 'read', LARGE, TIERED),
      () => put(on, 'small', LARGE.subarray(1), TIERED),
      () => put(on, 'plain', LARGE),
      () => putParts(on, 'parts', [LARGE], TIERED),
      () => on({ method: 'PUT', key: 'copy', headers: { ...TIERED, 'x-cos-copy-source': `/tiers-${APPID}/plain` } }),
    ]) {
      await expectStatus(write(), 200);
    }
    for (const key of ['large', 'read', 'small', 'parts', 'copy']) {
      expect([await look(key), await listed(key)]).toEqual(['FREQUENT', 'FREQUENT']);
    }
    expect([await look('plain'), await listed('plain')]).toEqual([undefined, undefined]);
    const query = { append: '', position: '0' };
    const appended = await on({ method: 'POST', key: 'appended', query, body: LARGE, headers: TIERED });
    expect(failure(appended)).toEqual([400, 'NotSupportedStorageClass']);
  });

  it('are refused elsewhere', async () => {
    expectError(await bare({ method: 'PUT', key: 'k', body: 'x', headers: TIERED }), 400, 'NotSupportedStorageClass');
  });

  it('go down without reads and up by one, which a restart does not forget', async () => {
    await advanceClock(server, '31d');
    for (const key of ['large', 'parts', 'copy']) {
      expect([await look(key), await listed(key)]).toEqual(['INFREQUENT', 'INFREQUENT']);
      expect(await listed(key, { 'list-type': '2' })).toBe('INFREQUENT');
      expect(await listed(key, { versions: '' })).toBe('INFREQUENT');
    }
    expect([await look('small'), await look('plain')]).toEqual(['FREQUENT', undefined]);
    const got = await expectStatus(open({ method: 'GET', key: 'read', headers: { Range: 'bytes=0-0' } }), 206);
    expect(tier(got)).toBe('FREQUENT');
    expect([await look('read'), await listed('read')]).toEqual(['FREQUENT', 'FREQUENT']);
    const none = { 'If-None-Match': (await open({ method: 'HEAD', key: 'copy' })).headers.etag! };
    expect(tier(await expectStatus(open({ method: 'GET', key: 'copy', headers: none }), 304))).toBe('INFREQUENT');
    const modified = (await open({ method: 'HEAD', key: 'read' })).headers['last-modified'];
    expect(new Date(modified!).getTime()).toBeLessThan(Date.now() + 1_000);

    await server.stop();
    const { folder } = server;
    server = await startServerProcess({ folder, flags: FLAGS });
    on = clientOf(server, 'tiers');
    await advanceClock(server, '40d');
    expect([await look('read'), await look('large')]).toEqual(['FREQUENT', 'INFREQUENT']);
    await resumeClock(server);
  });

  it('are MAZ_INTELLIGENT_TIERING in a bucket of several zones', async () => {
    const send = await makeBucket(server, 'tiers-maz', { multiAz: true });
    const headers = { 'x-cos-storage-class': 'MAZ_INTELLIGENT_TIERING' };
    expectError(await send({ method: 'PUT', key: 'k', body: LARGE, headers }), 400, 'NotSupportedStorageClass');
    await expectStatus(setV1(send, v1(30)), 200);
    await put(send, 'k', LARGE, headers);
    expect(tier(await send({ method: 'HEAD', key: 'k' }))).toBe('FREQUENT');
    const { text } = await send({ method: 'GET' });
    expect(textOf(text, 'StorageClass')).toBe('MAZ_INTELLIGENT_TIERING');
  });
});

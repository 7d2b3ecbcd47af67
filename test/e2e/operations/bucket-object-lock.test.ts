/** Object lock of a bucket: what it may be, and beside what. Source: spec/buckets.md §25, spec/objects.md §7. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectStatus, failure, makeBucket, put } from '../../support/buckets.ts';
import { expectError } from '../../support/expect-error.ts';
import type { Send } from '../../support/http.ts';
import { type ServerProcess, startServerProcess } from '../../support/server-process.ts';

let server: ServerProcess;
let send: Send;
let bare: Send;
beforeAll(async () => {
  server = await startServerProcess({ flags: ['--multi-az-regions', 'ap-guangzhou'] });
  send = await makeBucket(server, 'lock-rule');
  bare = await makeBucket(server, 'lock-none');
});
afterAll(() => server.remove());

const ROOT = 'ObjectLockConfiguration';
const ON = '<ObjectLockEnabled>Enabled</ObjectLockEnabled>';
const days = (count: number | string, mode = 'COMPLIANCE') =>
  `<Rule><DefaultRetention><Mode>${mode}</Mode><Days>${count}</Days></DefaultRetention></Rule>`;
const set = (to: Send, inner: string) =>
  to({ method: 'PUT', query: { 'object-lock': '' }, body: `<${ROOT}>${inner}</${ROOT}>` });
const get = (from: Send) => from({ method: 'GET', query: { 'object-lock': '' } });
const untilOf = async (key: string) =>
  Date.parse(String((await send({ method: 'HEAD', key })).headers['x-cos-object-lock-retain-until-date']));

describe('PutBucketObjectLockConfiguration', () => {
  it('has a rule that may become longer, shorter and none, for objects written afterwards', async () => {
    const DAY_MS = 86_400_000;
    for (const count of [10, 30, 2]) {
      await expectStatus(set(send, ON + days(count)), 200);
      expect((await get(send)).text).toBe(`<${ROOT}>${ON}${days(count)}</${ROOT}>`);
      await put(send, `for-${count}`, 'x');
      expect(Math.round((await untilOf(`for-${count}`)) / DAY_MS - Date.now() / DAY_MS)).toBe(count);
    }
    await expectStatus(set(send, ON), 200);
    expect((await get(send)).text).toBe(`<${ROOT}>${ON}</${ROOT}>`);
    await put(send, 'for-ever', 'x');
    expect(await untilOf('for-ever')).toBeNaN();
    expect((await untilOf('for-30')) - (await untilOf('for-10'))).toBeGreaterThan(19 * DAY_MS);
  });

  it.each([
    ['0 days', ON + days(0), 'InvalidArgument'],
    ['36,501 days', ON + days(36_501), 'InvalidArgument'],
    ['days that are no number', ON + days('many'), 'InvalidArgument'],
    ['another mode', ON + days(1, 'GOVERNANCE'), 'InvalidArgument'],
    ['it switched off', '<ObjectLockEnabled>Disabled</ObjectLockEnabled>', 'InvalidArgument'],
    ['nothing', '', 'MalformedXML'],
    ['a rule without retention', `${ON}<Rule/>`, 'MalformedXML'],
  ])('refuses %s', async (_, inner, code) => {
    expectError(await set(bare, inner), 400, code);
    expectError(await get(bare), 404, 'NoSuchObjectLockConfiguration');
  });

  it('goes with versioning, not with suspended versioning, several zones and intelligent tiering', async () => {
    const versioned = await makeBucket(server, 'lock-versioned', { versioning: 'Enabled' });
    await expectStatus(set(versioned, ON), 200);
    const tiers = await makeBucket(server, 'lock-tiers');
    const tiering =
      '<IntelligentTieringConfiguration><Status>Enabled</Status><Transition><Days>30</Days></Transition>' +
      '</IntelligentTieringConfiguration>';
    await expectStatus(tiers({ method: 'PUT', query: { intelligenttiering: '' }, body: tiering }), 200);
    for (const to of [
      tiers,
      await makeBucket(server, 'lock-suspended', { versioning: 'Suspended' }),
      await makeBucket(server, 'lock-zones', { multiAz: true }),
    ]) {
      expectError(await set(to, ON), 409, 'InvalidBucketState');
      expectError(await get(to), 404, 'NoSuchObjectLockConfiguration');
    }
  });

  it('keeps out what cannot be beside it', async () => {
    const locked = await makeBucket(server, 'lock-first', { lockDays: 1, versioning: 'Enabled' });
    const suspended = '<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>';
    expectError(await locked({ method: 'PUT', query: { versioning: '' }, body: suspended }), 409, 'InvalidBucketState');
    const query = { 'intelligent-tiering': '', id: 'default' };
    const body =
      '<IntelligentTieringConfiguration><Id>default</Id><Status>Enabled</Status>' +
      '<Tiering><AccessTier>INFREQUENT</AccessTier><Days>30</Days></Tiering></IntelligentTieringConfiguration>';
    expectError(await locked({ method: 'PUT', query, body }), 409, 'BucketLocked');
  });
});

describe('GetBucketObjectLockConfiguration', () => {
  it('says that there is none, and only to the owner', async () => {
    expectError(await get(bare), 404, 'NoSuchObjectLockConfiguration');
    expect(failure(await get((sent) => bare({ ...sent, signed: false })))).toEqual([403, 'AccessDenied']);
  });
});

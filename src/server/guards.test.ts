/** What stands between a network and the server: bounded wrong signatures, an admin API for this machine, audit lines. */
import { describe, expect, it } from 'vitest';
import { asWire, type FuzzRequest } from '../../test/fuzz/request.ts';
import { Directory } from '../access/directory/directory.ts';
import { rootIdentity } from '../access/key-file.ts';
import { memorySecrets } from '../access/secrets.ts';
import type { AccessNote } from '../cos/access-note.ts';
import { authorization } from '../cos/signature/sign.ts';
import type { WireReply, WireRequest } from '../http/types.ts';
import { ManualClock } from '../platform/clock.ts';
import { checked } from '../store/checked.ts';
import { openMemoryStore } from '../store/memory/index.ts';
import { type AppOptions, createApp } from './app.ts';
import { auditLineOf } from './audit.ts';

const NOW_S = 1_700_000_000;
const PAIR = { secretId: 'AKIDguards', secretKey: 'guardsSecretKeyGuards' };
const HOST = 'guards-1250000000.cos.ap-guangzhou.myqcloud.com';

function server(given: Partial<AppOptions> = {}) {
  const clock = new ManualClock(NOW_S * 1_000);
  const identity = rootIdentity({ appid: '1250000000', uin: '100000000001', secretId: PAIR.secretId });
  const key = { ...PAIR, enabled: true, identity };
  const app = createApp({
    ...{ store: openMemoryStore(), clock, keyRing: { find: (id) => (id === PAIR.secretId ? key : undefined) } },
    ...{ baseDomains: ['myqcloud.com'], bareHosts: [], regions: ['ap-guangzhou'], defaultRegion: 'ap-guangzhou' },
    ...{ errors: { profile: 'seed', literalSeedCodes: false }, limits: {}, graceMs: 0 },
    onInternalError: (error) => {
      throw error;
    },
    ...given,
  });
  const send = async (sent: Partial<FuzzRequest> & { pair?: typeof PAIR; from?: string; host?: string }) => {
    const { method = 'GET', path = '/', query = '', pair = PAIR, from = '10.0.0.9', host = HOST } = sent;
    const value = authorization({
      ...pair,
      method,
      path,
      headers: [['host', host]],
      from: NOW_S - 60,
      to: NOW_S + 600,
    });
    const all = [...(pair.secretId === '' ? [] : [['authorization', value] as const]), ['host', host] as const];
    const wire = asWire({ method, path, query, headers: all, body: Buffer.alloc(0) }, clock.nowMs());
    const request: WireRequest = { ...wire, remoteAddress: from };
    const reply: WireReply = await app.handler(request);
    return {
      status: reply.status,
      body: String(reply.body),
      headers: reply.headers,
      note: request.note as AccessNote,
      request,
    };
  };
  return { send, clock };
}

const WRONG = { ...PAIR, secretKey: 'not the key' };
const UNKNOWN = { ...PAIR, secretId: 'AKIDnobody' };
const NOBODY = { secretId: '', secretKey: '' };

describe('wrong signatures of one address', () => {
  it('are told to slow down beyond the limit, and correct ones are taken all the same', async () => {
    const { send, clock } = server({ signatureFailuresPerMinute: 3 });
    expect((await send({ method: 'PUT' })).status).toBe(200);
    for (const pair of [WRONG, UNKNOWN, WRONG]) expect((await send({ pair })).status).toBe(403);
    const slowed = await send({ pair: WRONG });
    expect(slowed).toMatchObject({ status: 503, body: expect.stringContaining('<Code>SlowDown</Code>') });
    expect(slowed.body).not.toContain('StringToSign');
    expect(slowed.headers[slowed.headers.indexOf('Retry-After') + 1]).toBe('60');
    expect((await send({ pair: UNKNOWN })).status).toBe(503);
    expect((await send({})).status).toBe(200);
    expect((await send({ pair: NOBODY })).status).toBe(403);
    expect((await send({ pair: WRONG, from: '10.0.0.10' })).status).toBe(403);
    clock.advance(60_000);
    expect((await send({ pair: WRONG })).status).toBe(403);
  });

  it('are not bounded from this machine, nor by default', async () => {
    for (const { send } of [server({ signatureFailuresPerMinute: 1 }), server()]) {
      for (let i = 0; i < 5; i++) expect((await send({ pair: WRONG, from: '127.0.0.1' })).status).toBe(403);
    }
    const { send } = server();
    for (let i = 0; i < 300; i++) expect((await send({ pair: WRONG })).status).toBe(403);
  });
});

describe('audit lines', () => {
  const { send } = server({ signatureFailuresPerMinute: 1 });
  const lineOf = async (...given: Parameters<typeof send>) => {
    const { request, status } = await send(...given);
    return auditLineOf(request, status);
  };

  it('tell who did what, and with what result', async () => {
    expect(await lineOf({ method: 'PUT' })).toMatchObject({
      ...{ method: 'PUT', operation: 'PutBucket', bucket: 'guards-1250000000', status: 200, remote: '10.0.0.9' },
      ...{ account: '1250000000', uin: '100000000001', secretId: PAIR.secretId, session: undefined, code: undefined },
    });
    expect(await lineOf({ method: 'DELETE', path: '/x' })).toMatchObject({
      operation: 'DeleteObject',
      key: 'x',
      status: 204,
    });
  });

  it('tell of refusals, with the SecretId that was claimed and nobody as its owner', async () => {
    expect(await lineOf({ pair: NOBODY })).toMatchObject({
      status: 403,
      code: 'AccessDenied',
      rule: expect.any(String),
      uin: undefined,
    });
    expect(await lineOf({ pair: WRONG })).toMatchObject({
      code: 'SignatureDoesNotMatch',
      secretId: PAIR.secretId,
      uin: undefined,
    });
    expect(await lineOf({ pair: WRONG })).toMatchObject({
      status: 503,
      code: 'SlowDown',
      rule: expect.stringContaining('too many wrong signatures'),
    });
  });

  it('do not tell of reads, nor of what is missing', async () => {
    expect(await lineOf({})).toBeUndefined();
    expect(await lineOf({ path: '/none' })).toBeUndefined();
    expect(await lineOf({ method: 'HEAD' })).toBeUndefined();
  });
});

describe('the admin API', () => {
  const clock = new ManualClock(NOW_S * 1_000);
  const operator = { ...PAIR, appid: '1250000000', uin: '100000000001' };
  const ask = async (adminReach: AppOptions['adminReach'], from: string, path = '/_cosette/admin/v1/requests') => {
    const store = openMemoryStore();
    const directory = await Directory.open({ meta: checked(store).meta, secrets: memorySecrets(), operator, clock });
    const { send } = server({ store, directory, ...(adminReach === undefined ? {} : { adminReach }) });
    const { status, body } = await send({ path, pair: NOBODY, from, host: '127.0.0.1:9000' });
    return `${status} ${body}`;
  };

  it('answers this machine alone unless it is opened; health answers everybody', async () => {
    expect(await ask(undefined, '10.0.0.9')).toMatch(/^403 .*this machine only/);
    expect(await ask('tls', '10.0.0.9')).toMatch(/^403 .*over HTTPS only/);
    expect(await ask(undefined, '127.0.0.1')).toMatch(/^403 .*not signed/);
    expect(await ask('any', '10.0.0.9')).toMatch(/^403 .*not signed/);
    expect(await ask(undefined, '10.0.0.9', '/_cosette/health/live')).toMatch(/^200 /);
  });
});

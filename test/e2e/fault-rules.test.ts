/** Fault rules on a running server: what a client meets, and what is stored afterwards (docs/faults.md). */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { callAdmin } from '../../src/cli/admin-client.ts';
import type { FaultRule } from '../../src/features/faults/rule.ts';
import type { FaultRuleState } from '../../src/features/faults/rules.ts';
import { crc64, formatCrc64 } from '../../src/platform/hash/crc64.ts';
import { complete, initiate, makeBucket, md5Base64, put, textsOf, uploadPart } from '../support/buckets.ts';
import { done } from '../support/done.ts';
import { expectError } from '../support/expect-error.ts';
import { type Answer, clientOf, type Send } from '../support/http.ts';
import { SDKS } from '../support/sdk.ts';
import {
  APPID,
  REGION,
  SECRET_ID,
  SECRET_KEY,
  type ServerProcess,
  startServerProcess,
} from '../support/server-process.ts';

const run = promisify(execFile);
const BUCKET = `faulty-${APPID}`;
const MIB = 1024 ** 2;
let server: ServerProcess;
let send: Send;
let auditFile: string;
const endpoint = () => ({ host: '127.0.0.1', port: server.port, secretId: SECRET_ID, secretKey: SECRET_KEY });
const add = (rule: FaultRule) => callAdmin(endpoint(), { method: 'POST', path: ['faults'], body: { ...rule } });
const list = async () =>
  ((await callAdmin(endpoint(), { method: 'GET', path: ['faults'] })) as { faults: FaultRuleState[] }).faults;
const clear = () => callAdmin(endpoint(), { method: 'DELETE', path: ['faults'] });
const reads = (effect: Extract<FaultRule, { effect: unknown }>['effect'], first = 1): FaultRule => ({
  match: { operations: ['GetObject'] },
  when: { first },
  effect,
});
const keysOf = ({ text }: Answer) => textsOf(text, 'Key');

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'cosette-test-'));
  auditFile = join(folder, 'audit.log');
  server = await startServerProcess({
    folder,
    flags: ['--faults-rules', '--faults-header', '--audit-file', auditFile],
  });
  send = await makeBucket(server, 'faulty');
});
afterEach(() => clear());
afterAll(() => server.remove());

describe.each(SDKS)('the Node SDK %s', (version, makeSdk) => {
  const at = { Bucket: BUCKET, Region: REGION };

  it('is refused twice, asks again by itself, and succeeds', async () => {
    const sdk = makeSdk(server);
    await add({ match: { operations: ['PutObject'] }, when: { first: 2 }, effect: { error: 'SlowDown' } });
    await sdk.putObject({ ...at, Key: `retried-${version}`, Body: 'hello' });
    expect(await list()).toMatchObject([{ matched: 3, fired: 2 }]);
    expect((await done(send, { method: 'GET', key: `retried-${version}` })).text).toBe('hello');
  });

  it('gives up on an error that stays', async () => {
    await add({ effect: { error: 'SlowDown' } });
    const failed = makeSdk(server).headObject({ ...at, Key: 'x' });
    await expect(failed).rejects.toMatchObject({ statusCode: 503 });
    expect((await list())[0]!.fired).toBeGreaterThan(1);
  });

  it('loses the answer to an upload that was carried out', async () => {
    const sdk = makeSdk(server);
    const Key = `lost-${version}`;
    // It asks again after a reset, so every answer is lost.
    await add({ match: { operations: ['PutObject'] }, effect: { reset: 'after' } });
    await expect(sdk.putObject({ ...at, Key, Body: 'kept' })).rejects.toMatchObject({ code: 'ECONNRESET' });
    const { Body } = await sdk.getObject({ ...at, Key });
    expect(String(Body)).toBe('kept');
  });

  it('sees that a download is not whole', async () => {
    const sdk = makeSdk(server);
    await put(send, 'whole', Buffer.alloc(MIB, 'x'));
    await add(reads({ truncateAfter: 1_000 }, 10));
    await expect(sdk.getObject({ ...at, Key: 'whole' })).rejects.toMatchObject({ code: 'ECONNRESET' });
    await clear();
    expect((await sdk.getObject({ ...at, Key: 'whole' })).Body.length).toBe(MIB);
  });

  it('gets a checksum that is not that of the body', async () => {
    const sdk = makeSdk(server);
    await put(send, 'summed', 'hello');
    await add(reads({ wrongCrc: true }));
    const wrong = await sdk.getObject({ ...at, Key: 'summed' });
    const right = await sdk.getObject({ ...at, Key: 'summed' });
    const crc = formatCrc64(crc64(Buffer.from('hello')));
    expect([String(wrong.Body), String(right.Body)]).toEqual(['hello', 'hello']);
    expect(wrong.headers['x-cos-hash-crc64ecma']).toMatch(/^\d+$/);
    expect(wrong.headers['x-cos-hash-crc64ecma']).not.toBe(crc);
    expect(right.headers['x-cos-hash-crc64ecma']).toBe(crc);
  });
});

describe('an error', () => {
  it('is as the service gives it: status, five elements, and no word of the rule', async () => {
    await put(send, 'real', 'x');
    await add({ id: 'secret-name', ...reads({ error: 'NoSuchUpload' }) });
    const answer = await send({ method: 'GET', key: 'real' });
    expectError(answer, 404, 'NoSuchUpload');
    expect(Object.keys(answer.error).sort()).toEqual(['Code', 'Message', 'RequestId', 'Resource', 'TraceId']);
    expect(JSON.stringify(answer.headers) + answer.text).not.toMatch(/secret-name|cosette|fault(?!y)/i);
    expect((await done(send, { method: 'GET', key: 'real' })).text).toBe('x');
  });

  it('before the operation leaves nothing; after it, what was done', async () => {
    await add({ match: { keyPattern: 'before' }, when: { first: 1 }, effect: { error: 'InternalError' } });
    await add({ match: { keyPattern: 'after' }, when: { first: 1 }, effect: { error: 'InternalError', at: 'after' } });
    expectError(await send({ method: 'PUT', key: 'before', body: 'x' }), 500, 'InternalError');
    expectError(await send({ method: 'PUT', key: 'after', body: 'x' }), 500, 'InternalError');
    expectError(await send({ method: 'GET', key: 'before' }), 404, 'NoSuchKey');
    expect((await done(send, { method: 'GET', key: 'after' })).text).toBe('x');
  });

  it('after Complete leaves the object, whose upload can be completed again', async () => {
    const uploadId = await initiate(send, 'parts');
    const part = await uploadPart(send, 'parts', uploadId, 1, 'x');
    await add({
      match: { operations: ['CompleteMultipartUpload'] },
      when: { first: 1 },
      effect: { error: 'ServiceUnavailable', at: 'after' },
    });
    expectError(await complete(send, 'parts', uploadId, [part]), 503, 'ServiceUnavailable');
    expect((await done(send, { method: 'GET', key: 'parts' })).text).toBe('x');
    expect((await complete(send, 'parts', uploadId, [part])).status).toBe(200);
  });

  it('takes the place of a refusal too, and of an answer with a body in blocks', async () => {
    await put(send, 'blocks', Buffer.alloc(3 * MIB));
    await add(reads({ error: 'SlowDown', at: 'after' }, 2));
    expectError(await send({ method: 'GET', key: 'none' }), 503, 'SlowDown');
    expectError(await send({ method: 'GET', key: 'blocks' }), 503, 'SlowDown');
    expect((await done(send, { method: 'GET', key: 'blocks' })).body.length).toBe(3 * MIB);
  });
});

describe('the line', () => {
  it('is reset before anything is done, or after it was', async () => {
    await add({ match: { keyPattern: 'r-before' }, when: { first: 1 }, effect: { reset: 'before' } });
    await add({ match: { keyPattern: 'r-after' }, when: { first: 1 }, effect: { reset: 'after' } });
    for (const key of ['r-before', 'r-after']) {
      await expect(send({ method: 'PUT', key, body: 'x' })).rejects.toMatchObject({ code: 'ECONNRESET' });
    }
    expectError(await send({ method: 'GET', key: 'r-before' }), 404, 'NoSuchKey');
    expect((await done(send, { method: 'GET', key: 'r-after' })).text).toBe('x');
  });

  it('is late', async () => {
    await add({ effect: { delayMs: 300 } });
    const from = performance.now();
    expectError(await send({ method: 'GET', key: 'none' }), 404, 'NoSuchKey');
    expect(performance.now() - from).toBeGreaterThan(290);
  });

  it('is slow in both directions', async () => {
    const body = Buffer.alloc(100_000, 'x');
    await add({ match: { keyPattern: 'slow' }, effect: { bandwidth: 200_000 } });
    const timed = async (work: Promise<unknown>) => {
      const from = performance.now();
      await work;
      return performance.now() - from;
    };
    expect(await timed(put(send, 'slow', body))).toBeGreaterThan(400);
    expect(await timed(done(send, { method: 'GET', key: 'slow' }))).toBeGreaterThan(400);
    expect(await timed(put(send, 'fast', body))).toBeLessThan(400);
    await clear();
    expect((await done(send, { method: 'GET', key: 'slow' })).body).toEqual(body);
  });

  it('ends after the bytes it should, for bodies of every size and for listings', async () => {
    await put(send, 'cut/large', Buffer.alloc(3 * MIB, 'x'));
    await put(send, 'cut/small', 'hello');
    await add({ effect: { truncateAfter: 3 } });
    for (const target of [{ key: 'cut/large' }, { key: 'cut/small' }, { query: { prefix: 'cut/' } }]) {
      await expect(send({ method: 'GET', ...target })).rejects.toMatchObject({ code: 'ECONNRESET' });
    }
    expect((await send({ method: 'HEAD', key: 'cut/large' })).headers['content-length']).toBe(String(3 * MIB));
  });
});

describe('a listing that lags', () => {
  it('shows what was, for objects, versions and uploads, while objects are as they are', async () => {
    const lagging = await makeBucket(server, 'lagging');
    for (const key of ['a', 'b/1', 'c']) await put(lagging, key, key);
    await add({ match: { bucket: `lagging-${APPID}` }, effect: { staleList: 60_000 } });
    await put(lagging, 'new', 'x');
    await put(lagging, 'c', 'longer than before');
    await done(lagging, { method: 'DELETE', key: 'a' });
    await initiate(lagging, 'upload');
    const v1 = await done(lagging, { method: 'GET' });
    expect(keysOf(v1)).toEqual(['a', 'b/1', 'c']);
    expect(textsOf(v1.text, 'Size')).toEqual(['1', '3', '1']);
    expect(keysOf(await done(lagging, { method: 'GET', query: { 'list-type': '2', 'max-keys': '1' } }))).toEqual(['a']);
    const grouped = await done(lagging, { method: 'GET', query: { delimiter: '/' } });
    expect([keysOf(grouped), textsOf(grouped.text, 'Prefix')]).toEqual([
      ['a', 'c'],
      ['', 'b/'],
    ]);
    expect(keysOf(await done(lagging, { method: 'GET', query: { versions: '' } }))).toEqual(['a', 'b/1', 'c']);
    expect(keysOf(await done(lagging, { method: 'GET', query: { uploads: '' } }))).toEqual([]);
    expectError(await lagging({ method: 'GET', key: 'a' }), 404, 'NoSuchKey');
    expect((await done(lagging, { method: 'GET', key: 'new' })).text).toBe('x');
    await clear();
    expect(keysOf(await done(lagging, { method: 'GET' }))).toEqual(['b/1', 'c', 'new']);
    expect(keysOf(await done(lagging, { method: 'GET', query: { uploads: '' } }))).toEqual(['upload']);
  });

  it('catches up when its time is over', async () => {
    const catching = await makeBucket(server, 'catching');
    await add({ match: { bucket: `catching-${APPID}` }, effect: { staleList: 500 } });
    await put(catching, 'soon', 'x');
    expect(keysOf(await done(catching, { method: 'GET' }))).toEqual([]);
    await expect
      .poll(async () => keysOf(await done(catching, { method: 'GET' })), { timeout: 5_000 })
      .toEqual(['soon']);
  });
});

describe('rules', () => {
  it('tell requests apart by signer and header', async () => {
    await put(send, 'signed', 'x');
    await add({
      id: 'signer',
      match: { secretId: SECRET_ID, header: { name: 'X-Test', value: 'y*' } },
      effect: { error: 'SlowDown' },
    });
    const get = (headers: Record<string, string>, signed = true) =>
      send({ method: 'GET', key: 'signed', headers, signed });
    expect((await get({})).status).toBe(200);
    expect((await get({ 'x-test': 'no' })).status).toBe(200);
    expectError(await get({ 'x-test': 'yes' }), 503, 'SlowDown');
    expectError(await get({ 'x-test': 'yes' }, false), 403, 'AccessDenied');
  });

  it('are asked for by one request alone, in its header', async () => {
    await put(send, 'asked', 'hello');
    const ask = (fault: string, method = 'GET') =>
      send({ method, key: 'asked', headers: { 'x-cosette-fault': fault } });
    expectError(await ask('error=NoSuchBucket'), 404, 'NoSuchBucket');
    const from = performance.now();
    expectError(await ask('error=InternalError; delay=200ms'), 500, 'InternalError');
    expect(performance.now() - from).toBeGreaterThan(190);
    await expect(ask('reset=before')).rejects.toMatchObject({ code: 'ECONNRESET' });
    for (const wrong of ['error=None', 'boom', 'stale-list=1s', 'error=SlowDown;reset=before']) {
      const answer = await ask(wrong);
      expectError(answer, 400, 'InvalidArgument');
      expect(answer.error['Message']).toContain('x-cosette-fault');
    }
    expect((await ask('wrong-crc', 'HEAD')).status).toBe(200);
  });

  it('are asked once for a page of a website, whose error page stays', async () => {
    const site = await makeBucket(server, 'site', { acl: 'public-read' });
    await put(site, 'page.html', 'the page');
    await put(site, 'sorry.html', 'sorry');
    const index = '<IndexDocument><Suffix>index.html</Suffix></IndexDocument>';
    const body = `<WebsiteConfiguration>${index}<ErrorDocument><Key>sorry.html</Key></ErrorDocument></WebsiteConfiguration>`;
    await done(site, { method: 'PUT', query: { website: '' }, headers: { 'Content-MD5': md5Base64(body) }, body });
    const headers = { Host: `site-${APPID}.cos-website.${REGION}.myqcloud.com` };
    const visit = () => site({ method: 'GET', key: 'page.html', signed: false, headers });
    await add({ match: { bucket: `site-${APPID}` }, when: { first: 1 }, effect: { error: 'NoSuchKey' } });
    await add({ match: { bucket: `site-${APPID}` }, when: { count: 1, every: 2 }, effect: { reset: 'before' } });
    const sorry = await visit();
    expect([sorry.status, sorry.text]).toEqual([404, 'sorry']);
    await visit();
    await expect(visit()).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect((await visit()).text).toBe('the page');
    expect((await list()).map(({ matched }) => matched)).toEqual([4, 3]);
  });

  it('are no refusals that could be explained', async () => {
    await add({ when: { first: 1 }, effect: { error: 'AccessDenied' } });
    const explain = ({ error }: Answer) =>
      callAdmin(endpoint(), { method: 'GET', path: ['requests', error['RequestId']!] });
    const fault = await send({ method: 'GET', key: 'x' });
    const refusal = await send({ method: 'GET', key: 'x', signed: false });
    for (const answer of [fault, refusal]) expectError(answer, 403, 'AccessDenied');
    await expect(explain(fault)).rejects.toMatchObject({ code: 'NotFound' });
    expect(await explain(refusal)).toMatchObject({ request: { code: 'AccessDenied' } });
  });

  it('do not touch the admin API and the health page', async () => {
    await add({ effect: { error: 'SlowDown' } });
    expect(await list()).toHaveLength(1);
    expect((await fetch(`http://127.0.0.1:${server.port}/_cosette/health/ready`)).status).toBe(200);
  });

  it('stand in the access log and the audit log', async () => {
    await add({ id: 'noted', match: { keyPattern: 'noted' }, effect: { error: 'SlowDown' } });
    await add({ id: 'slow', match: { keyPattern: 'noted' }, effect: { delayMs: 1 } });
    await send({ method: 'PUT', key: 'noted', body: 'x' });
    await put(send, 'unnoted', 'x');
    const lines = () =>
      server
        .output()
        .split('\n')
        .filter((line) => line.includes('"message":"access"'));
    await expect.poll(() => lines().find((line) => line.includes('"key":"unnoted"'))).not.toContain('"fault"');
    expect(lines().find((line) => line.includes('"key":"noted"'))).toContain('"code":"SlowDown","fault":"noted,slow"');
    await expect.poll(() => readFileSync(auditFile, 'utf8')).toMatch(/"key":"noted".*"fault":"noted,slow"/);
  });

  it('put a bucket into the name profile and out of it again', async () => {
    await add({ id: 'set', set: 'name-profile', match: { bucket: BUCKET } });
    expect((await send({ method: 'GET', key: '503r', signed: false })).status).toBe(503);
    expect(await list()).toMatchObject([{ id: 'set', fired: 1 }]);
    await clear();
    expectError(await send({ method: 'GET', key: '503r' }), 404, 'NoSuchKey');
  });
});

describe('cosette fault', () => {
  const fault = async (...args: string[]) => {
    const env = { ...process.env, COSETTE_SECRET_ID: SECRET_ID, COSETTE_SECRET_KEY: SECRET_KEY };
    const all = ['fault', ...args, '--ready-file', join(server.folder, 'ready.json')];
    return (await run(process.execPath, ['dist/cli/main.js', ...all], { env, timeout: 20_000 })).stdout;
  };

  it('adds, lists and clears', async () => {
    const flags = ['--operation', 'GetObject', 'HeadObject', '--key', 'cli*', '--first', '2'];
    expect(await fault('add', '--error', 'SlowDown', ...flags)).toMatch(/^rule f\d+: error=SlowDown operations=/);
    expect(await fault('add', '--set', 'name-profile', '--bucket', BUCKET, '--id', 'names')).toContain('rule names');
    expectError(await send({ method: 'GET', key: 'cli-1' }), 503, 'SlowDown');
    expect(await fault('list')).toMatch(/ {2}error=SlowDown .* first=2 +1 +1\nnames +set=name-profile/);
    expect(await fault('clear', 'names')).toBe('rules removed: 1\n');
    expect(JSON.parse(await fault('clear', '--json'))).toEqual({ cleared: 1 });
    expect(await fault('list')).toBe('There are no fault rules.\n');
    await expect(fault('add', '--error', 'Slow')).rejects.toMatchObject({
      stderr: expect.stringContaining('is no code'),
    });
    await expect(fault('clear', 'names')).rejects.toMatchObject({
      stderr: expect.stringContaining('no such fault rule'),
    });
  });

  it('is for servers that were started for it; they say so', async () => {
    expect(server.output()).toMatch(/FAULTS +RULES ON/);
    expect(server.output()).toMatch(/FAULTS +HEADER ON/);
    expect(server.output()).toContain('fault rules are on: not for production');
    const plain = await startServerProcess();
    try {
      const where = { ...endpoint(), port: plain.port };
      const adding = callAdmin(where, { method: 'POST', path: ['faults'], body: { effect: { error: 'SlowDown' } } });
      await expect(adding).rejects.toMatchObject({ code: 'NoFaultRules' });
      const bucket = clientOf(plain, 'plain');
      const answer = await bucket({ method: 'PUT', headers: { 'x-cosette-fault': 'error=SlowDown' } });
      expect(answer.status).toBe(200);
    } finally {
      await plain.remove();
    }
  });
});

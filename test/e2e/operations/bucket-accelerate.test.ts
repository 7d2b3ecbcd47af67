/** Global acceleration: the switch, and the hosts it opens. Source: spec/buckets.md §26. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectStatus, failure, initiate, makeBucket, put, putParts } from '../../support/buckets.ts';
import { expectError, expectHeadError } from '../../support/expect-error.ts';
import type { Send, Sent } from '../../support/http.ts';
import { SDKS } from '../../support/sdk.ts';
import { APPID, REGION, type ServerProcess, startServerProcess } from '../../support/server-process.ts';

let server: ServerProcess;
let send: Send;
let never: Send;
let fast: Send;
beforeAll(async () => {
  server = await startServerProcess({ flags: ['--limits-min-part-bytes', '1'] });
  send = await makeBucket(server, 'switch');
  never = await makeBucket(server, 'never');
  fast = await makeBucket(server, 'fast');
  await expectStatus(setStatus(fast, 'Enabled'), 200);
});
afterAll(() => server.remove());

const ROOT = 'AccelerateConfiguration';
const document = (status: string) => `<${ROOT}><Status>${status}</Status><Type>COS</Type></${ROOT}>`;
const set = (to: Send, body: string) => to({ method: 'PUT', query: { accelerate: '' }, body });
const setStatus = (to: Send, status: string) => set(to, document(status));
const get = (from: Send) => from({ method: 'GET', query: { accelerate: '' } });
/** The same request through an acceleration host. */
const through =
  (to: Send, name: string, service = 'cos'): Send =>
  (sent) =>
    to({ ...sent, headers: { ...sent.headers, Host: `${name}-${APPID}.${service}.accelerate.myqcloud.com` } });

describe('PutBucketAccelerate', () => {
  it('switches on and off', async () => {
    for (const status of ['Enabled', 'Suspended', 'Enabled', 'Enabled', 'Suspended']) {
      expect((await expectStatus(setStatus(send, status), 200)).text).toBe('');
      expect((await get(send)).text).toBe(document(status));
    }
  });

  it('takes a document without type, and with a namespace', async () => {
    for (const body of [
      `<${ROOT}><Status>Enabled</Status></${ROOT}>`,
      `<${ROOT} xmlns="cos xmlns/"><Status>Enabled</Status><Type>COS</Type></${ROOT}>`,
    ]) {
      await expectStatus(set(send, body), 200);
      expect((await get(send)).text).toBe(document('Enabled'));
    }
  });

  it.each([
    ['no status', `<${ROOT}/>`, 'MalformedXML'],
    ['another root', '<Accelerate/>', 'MalformedXML'],
    ['no body', '', 'MissingRequestBodyError'],
    ['an unknown status', document('Disabled'), 'InvalidArgument'],
    ['an unknown type', document('Enabled').replace('>COS<', '>CDN<'), 'InvalidArgument'],
    ['more than 64 KiB', `${' '.repeat(65_536)}${document('Enabled')}`, 'XMLSizeLimit'],
  ] as const)('refuses %s', async (_, body, code) => {
    expectError(await set(never, body), 400, code);
    expect((await get(never)).text).toBe(`<${ROOT}/>`);
  });

  it('is for the owner', async () => {
    const nobody: Send = (sent) => never({ ...sent, signed: false });
    expect(failure(await setStatus(nobody, 'Enabled'))).toEqual([403, 'AccessDenied']);
    expect(failure(await get(nobody))).toEqual([403, 'AccessDenied']);
  });
});

describe('GetBucketAccelerate', () => {
  it('is empty until it is set', async () => {
    expect((await expectStatus(get(never), 200)).text).toBe(`<${ROOT}/>`);
  });

  it.each(SDKS)('is what the Node SDK %s set', async (_, make) => {
    const sdk = make(server);
    const where = { Bucket: `switch-${APPID}`, Region: REGION };
    for (const Status of ['Enabled', 'Suspended']) {
      await sdk['putBucketAccelerate']({ ...where, AccelerateConfiguration: { Status } });
      const { AccelerateConfiguration } = await sdk['getBucketAccelerate'](where);
      expect(AccelerateConfiguration).toMatchObject({ Status, Type: 'COS' });
    }
  });
});

describe('an acceleration host', () => {
  it.each(['cos', 'cos-internal'])('serves objects and listings by %s', async (service) => {
    const quick = through(fast, 'fast', service);
    await put(quick, 'a', 'hello');
    expect((await quick({ method: 'GET', key: 'a' })).text).toBe('hello');
    expect((await fast({ method: 'GET', key: 'a' })).text).toBe('hello');
    await putParts(quick, 'b', ['x', 'y']);
    for (const query of [{}, { 'list-type': '2' }, { versions: '' }]) {
      expect((await expectStatus(quick({ method: 'GET', query }), 200)).text).toContain('<Key>a</Key>');
    }
    await initiate(quick, 'c');
    expect((await expectStatus(quick({ method: 'GET', query: { uploads: '' } }), 200)).text).toContain('<Key>c</Key>');
    await expectStatus(quick({ method: 'HEAD' }), 200);
    await expectStatus(quick({ method: 'DELETE', key: 'a' }), 204);
  });

  it.each<[string, Sent]>([
    ['its own switch', { method: 'PUT', query: { accelerate: '' }, body: document('Suspended') }],
    ['another configuration', { method: 'GET', query: { cors: '' } }],
    ['versioning', { method: 'GET', query: { versioning: '' } }],
    ['PUT Bucket', { method: 'PUT' }],
    ['DELETE Bucket', { method: 'DELETE' }],
  ])('does not offer %s', async (_, sent) => {
    expectError(await through(fast, 'fast')(sent), 400, 'ActionAccelerateNotSupported');
  });

  it('serves no bucket that did not switch it on, or switched it off', async () => {
    await expectStatus(setStatus(send, 'Enabled'), 200);
    const quick = through(send, 'switch');
    await put(quick, 'k', 'x');
    await expectStatus(setStatus(send, 'Suspended'), 200);
    for (const to of [quick, through(never, 'never')]) {
      expectError(await to({ method: 'GET' }), 400, 'BucketAccelerateNotEnabled');
      expectError(await to({ method: 'PUT', key: 'k', body: 'x' }), 400, 'BucketAccelerateNotEnabled');
      expectHeadError(await to({ method: 'HEAD', key: 'k' }), 400);
    }
    expectError(await through(never, 'nowhere')({ method: 'GET' }), 404, 'NoSuchBucket');
  });

  it.each(SDKS)('is what the Node SDK %s uses when told so', async (_, make) => {
    const sdk = make(server, { UseAccelerate: true });
    const where = { Bucket: `fast-${APPID}`, Region: REGION, Key: 'by-sdk' };
    await sdk['putObject']({ ...where, Body: 'hello' });
    expect(String((await sdk['getObject'](where)).Body)).toBe('hello');
    const closed = sdk['getObject']({ ...where, Bucket: `never-${APPID}` });
    await expect(closed).rejects.toMatchObject({ statusCode: 400 });
  });
});

/** Access logs of buckets, delivered and read. Source: spec/buckets.md §19. */
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  expectStatus,
  initiate,
  makeBucket,
  md5Base64,
  partList,
  put,
  textsOf,
  uploadPart,
} from '../../support/buckets.ts';
import { expectError } from '../../support/expect-error.ts';
import { type Answer, clientOf, type Send } from '../../support/http.ts';
import { askAs } from '../../support/permissions.ts';
import { adminOf } from '../../support/permissions-world.ts';
import { SDKS } from '../../support/sdk.ts';
import {
  APPID,
  REGION,
  SECRET_ID,
  SECRET_KEY,
  type ServerProcess,
  startServerProcess,
} from '../../support/server-process.ts';
import { advanceClock, resumeClock } from '../../support/test-clock.ts';

const UIN = '100000000001';
const FLAGS = ['--test-clock', '--uin', UIN, '--limits-min-part-bytes', '1'];
let server: ServerProcess;
let source: Send;
let logs: Send;
beforeAll(async () => {
  server = await startServerProcess({ flags: FLAGS });
  source = await makeBucket(server, 'logged');
  logs = await makeBucket(server, 'logs', { acl: 'public-read' });
});
afterAll(() => server.remove());

const status = (target: string, prefix?: string) =>
  `<BucketLoggingStatus><LoggingEnabled><TargetBucket>${target}</TargetBucket>` +
  `${prefix === undefined ? '' : `<TargetPrefix>${prefix}</TargetPrefix>`}</LoggingEnabled></BucketLoggingStatus>`;
const OFF = '<BucketLoggingStatus/>';
const setLogging = (body: string, send = source, headers: Record<string, string> = {}) =>
  send({ method: 'PUT', query: { logging: '' }, headers, body });
const getLogging = (send = source) => send({ method: 'GET', query: { logging: '' } });
const TARGET = `logs-${APPID}`;

const NAMES =
  'eventVersion bucketName qcsRegion eventTime eventSource eventName remoteIp userSecretKeyId reservedFiled reqBytesSent deltaDataSize reqPath reqMethod userAgent resHttpCode resErrorCode resErrorMsg resBytesSent resTotalTime logSourceType storageClass accountId resTurnAroundTime requester requestId objectSize versionId targetStorageClass referer requestUri vpcId'.split(
    ' ',
  );
type LogRecord = Readonly<Record<string, string>>;

/** Lines of a file as records; each must have 31 fields. */
function readLog(file: Buffer): LogRecord[] {
  const lines = gunzipSync(file).toString('latin1').split('\n');
  expect(lines.pop()).toBe('');
  return lines.map((line) => {
    const fields = [...line.matchAll(/"([^"]*)"(?= |$)|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain!);
    expect(fields, line).toHaveLength(NAMES.length);
    return Object.fromEntries(NAMES.map((name, at) => [name, fields[at]!]));
  });
}

/** Names of log files; asked by nobody, so that the clock may be anywhere. */
async function logFiles(prefix: string, send = logs): Promise<string[]> {
  const page = await expectStatus(send({ method: 'GET', query: { prefix }, signed: false }), 200);
  return textsOf(page.text, 'Key');
}

/** Records of all files under a prefix, once there are so many. */
async function recordsUnder(prefix: string, count: number): Promise<LogRecord[]> {
  const deadline = Date.now() + 15_000;
  for (;;) {
    const files = await logFiles(prefix);
    const bodies = await Promise.all(files.map((key) => logs({ method: 'GET', key, signed: false })));
    const records = bodies.flatMap(({ body }) => readLog(body));
    if (records.length >= count || Date.now() > deadline) {
      expect(records).toHaveLength(count);
      return records;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function fiveMinutesLater(): Promise<void> {
  await advanceClock(server, '5min');
  await resumeClock(server);
}

describe('PutBucketLogging', () => {
  it('takes a target, with and without a prefix, and nothing to switch it off', async () => {
    const send = await makeBucket(server, 'set');
    expect((await getLogging(send)).text).toBe(OFF);
    for (const body of [status(TARGET), status(TARGET, ''), status(TARGET, 'a b/中'), status(`set-${APPID}`, 'own/')]) {
      const headers = { 'Content-MD5': md5Base64(body) };
      expect((await expectStatus(setLogging(body, send, headers), 200)).text).toBe('');
      expect((await expectStatus(getLogging(send), 200)).text).toBe(body);
    }
    await expectStatus(setLogging(OFF, send), 200);
    expect((await getLogging(send)).text).toBe(OFF);
    await expectStatus(setLogging(OFF, send), 200);
  });

  it('refuses targets and prefixes that cannot be', async () => {
    const send = await makeBucket(server, 'refused');
    const refused = async (body: string, code: string, statusCode = 400) =>
      expectError(await setLogging(body, send), statusCode, code);
    for (const name of ['', 'logs', 'Logs-1250000000', '-a-1250000000']) {
      await refused(status(name), 'TargetBucketNameInvalid');
    }
    await refused(status(`absent-${APPID}`), 'InvalidTargetBucketForLogging');
    const elsewhere = clientOf(server, 'elsewhere', 'ap-beijing');
    await expectStatus(elsewhere({ method: 'PUT' }), 200);
    await refused(status(`elsewhere-${APPID}`), 'InvalidTargetBucketForLogging');
    for (const prefix of ['/a', 'x'.repeat(800), 'a&#9;'])
      await refused(status(TARGET, prefix), 'LoggingPrefixInvalid');
    await refused('<BucketLoggingStatus><LoggingEnabled/></BucketLoggingStatus>', 'MalformedXML');
    await refused(status(TARGET).replace(/<LoggingEnabled>.*<\/LoggingEnabled>/, '$&$&'), 'MalformedXML');
    for (const body of ['x', '<Logging/>']) await refused(body, 'MalformedXML');
    await refused('', 'MissingRequestBodyError');
    await refused(`${OFF}${' '.repeat(65_536)}`, 'XMLSizeLimit');
    expectError(await setLogging(OFF, send, { 'Content-MD5': md5Base64('x') }), 400, 'BadDigest');
    expectError(await setLogging(OFF, send, { 'Content-MD5': 'x' }), 400, 'InvalidDigest');
    expect((await getLogging(send)).text).toBe(OFF);
    expectError(await setLogging(OFF, clientOf(server, 'nowhere')), 404, 'NoSuchBucket');
  });

  it('is for the owner of both buckets', async () => {
    const other = await adminOf(server).account('logging-other');
    const theirs = `theirs-${other.appid}`;
    await expectStatus(askAs(server.port, other, theirs, { method: 'PUT' }), 200);
    expectError(await setLogging(status(theirs)), 403, 'UserNotTargetBucketOwner');
    const ask = { method: 'PUT', query: { logging: '' }, body: status(TARGET) };
    const asOther = () => askAs(server.port, other, `logged-${APPID}`, ask);
    expectError(await asOther(), 403, 'AccessDenied');
    const statement = { principal: '*', effect: 'allow', action: 'cos:PutBucketLogging', resource: '*' };
    const policy = JSON.stringify({ version: '2.0', statement: [statement] });
    await expectStatus(source({ method: 'PUT', query: { policy: '' }, body: policy }), 204);
    expectError(await asOther(), 403, 'UserNotSourceBucketOwner');
    expectError(await source({ ...ask, signed: false }), 403, 'UserNotSourceBucketOwner');
    await expectStatus(source({ method: 'DELETE', query: { policy: '' } }), 204);
    expectError(await getLogging((sent) => source({ ...sent, signed: false })), 403, 'AccessDenied');
  });

  it('has every request of a client written to the target, with true values', async () => {
    const send = await makeBucket(server, 'told', { versioning: 'Enabled', acl: 'public-read' });
    await expectStatus(setLogging(status(TARGET, 'told/'), send), 200);
    const agent = { 'User-Agent': 'test "agent"/1 (x)', Referer: 'http://a.example/b c' };
    const answers: Answer[] = [];
    const ask = async (sent: Parameters<Send>[0], expected: number): Promise<Answer> => {
      const answer = await expectStatus(send(sent), expected);
      answers.push(answer);
      return answer;
    };
    const before = Date.now();
    const stored = await ask({ method: 'PUT', key: 'a b/中"', body: 'x'.repeat(1_000), headers: agent }, 200);
    await ask({ method: 'GET', key: 'a b/中"', headers: { Range: 'bytes=0-99' } }, 206);
    await ask({ method: 'HEAD', key: 'a b/中"' }, 200);
    await ask({ method: 'GET', key: 'absent' }, 404);
    await ask({ method: 'GET', key: 'a b/中"', signed: false }, 200);
    await ask({ method: 'PUT', key: 'no', body: 'abc', signed: false }, 403);
    const badly = authorizationOfNobody();
    await ask({ method: 'PUT', key: 'no', body: 'abc', headers: { Authorization: badly }, signed: false }, 403);
    const copySource = `told-${APPID}.cos.${REGION}.myqcloud.com/${encodeURIComponent('a b/中"')}`;
    const archived = { 'x-cos-copy-source': copySource, 'x-cos-storage-class': 'ARCHIVE' };
    const copied = await ask({ method: 'PUT', key: 'copy', headers: archived }, 200);
    const marker = await ask({ method: 'DELETE', key: 'copy' }, 204);
    const gone = copied.headers['x-cos-version-id'] as string;
    await ask({ method: 'DELETE', key: 'copy', query: { versionId: gone } }, 204);
    await ask({ method: 'GET', query: { prefix: 'a' } }, 200);
    const parts = ['12345', '678'];
    const uploadId = await initiate(send, 'big');
    await uploadPart(send, 'big', uploadId, 2, '6');
    const etags = [
      await uploadPart(send, 'big', uploadId, 1, parts[0]!),
      await uploadPart(send, 'big', uploadId, 2, parts[1]!),
    ];
    const whole = await ask({ method: 'POST', key: 'big', query: { uploadId }, body: partList(etags) }, 200);
    await expectStatus(setLogging(OFF, send), 200);
    await put(send, 'unlogged', 'x');
    await fiveMinutesLater();

    const records = await recordsUnder('told/', answers.length + 5);
    const files = await logFiles('told/');
    const today = new Date(before).toISOString().slice(0, 4);
    for (const key of files)
      expect(key).toMatch(new RegExp(`^told/${today}/\\d\\d/\\d\\d/\\d{14}_[0-9a-f]+_\\d{3}\\.gz$`));
    const of = (answer: Answer): LogRecord => {
      const id = answer.headers['x-cos-request-id'];
      const found = records.filter(({ requestId }) => requestId === id);
      expect(found).toHaveLength(1);
      return found[0]!;
    };
    for (const record of records) {
      expect(record).toMatchObject({
        eventVersion: '1.0',
        bucketName: `told-${APPID}`,
        qcsRegion: REGION,
        eventSource: `told-${APPID}.cos.${REGION}.myqcloud.com`,
        remoteIp: '127.0.0.1',
        reservedFiled: '-',
        logSourceType: 'USER',
        accountId: UIN,
        vpcId: '0',
      });
      expect(record['eventTime']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      const ended = Date.parse(record['eventTime']!);
      expect(ended).toBeGreaterThan(before - 1_000);
      expect(ended).toBeLessThanOrEqual(Date.now());
      const [total, turnAround] = [Number(record['resTotalTime']), Number(record['resTurnAroundTime'])];
      expect(total).toBeGreaterThanOrEqual(turnAround);
      expect(total).toBeLessThan(10_000);
    }
    for (const answer of answers) {
      const record = of(answer);
      expect(record['resHttpCode']).toBe(String(answer.status));
      const error = answer.status >= 400 ? [answer.error['Code'], answer.error['Message']] : ['-', '-'];
      expect([record['resErrorCode'], record['resErrorMsg']]).toEqual(error);
      if (answer.body.length > 0) expect(record['resBytesSent']).toBe(String(answer.body.length));
    }
    const version = stored.headers['x-cos-version-id'];
    const path = '/a%20b/%E4%B8%AD%22';
    const own = { userSecretKeyId: SECRET_ID, requester: `${UIN}:${UIN}` };
    const object = { storageClass: 'STANDARD', objectSize: '1000', versionId: version, reqPath: path };
    const nothing = { storageClass: '-', objectSize: '-', versionId: '-', deltaDataSize: '-' };
    const [written, ranged, head, absent, anonymous, denied, unknown, copy, marked, removed, listed, completed] =
      answers.map(of);
    expect(written).toMatchObject({
      ...own,
      ...object,
      eventName: 'PutObject',
      reqMethod: 'put',
      reqBytesSent: '1000',
      deltaDataSize: '1000',
      resBytesSent: '0',
      userAgent: 'test %22agent%22/1 (x)',
      referer: 'http://a.example/b c',
      requestUri: `PUT ${path} HTTP/1.1`,
      targetStorageClass: '-',
    });
    expect(ranged).toMatchObject({ ...own, ...object, eventName: 'GetObject', resBytesSent: '100', reqBytesSent: '0' });
    expect(head).toMatchObject({ ...own, ...object, eventName: 'HeadObject', resBytesSent: '0' });
    expect(absent).toMatchObject({ ...own, ...nothing, eventName: 'GetObject', reqPath: '/absent' });
    expect(anonymous).toMatchObject({ ...object, userSecretKeyId: '-', requester: '-', resBytesSent: '1000' });
    expect(denied).toMatchObject({ ...nothing, eventName: 'PutObject', userSecretKeyId: '-', requester: '-' });
    expect(unknown).toMatchObject({
      ...nothing,
      eventName: 'PutObject',
      userSecretKeyId: 'AKIDnobody',
      requester: '-',
    });
    expect(copy).toMatchObject({
      eventName: 'PutObjectCopy',
      storageClass: 'STANDARD',
      targetStorageClass: 'ARCHIVE',
      deltaDataSize: '1000',
      versionId: gone,
    });
    expect(marked).toMatchObject({
      eventName: 'DeleteObject',
      versionId: marker.headers['x-cos-version-id'],
      deltaDataSize: '0',
    });
    expect(removed).toMatchObject({
      eventName: 'DeleteObject',
      versionId: gone,
      deltaDataSize: '-1000',
      requestUri: `DELETE /copy?versionId=${gone} HTTP/1.1`,
    });
    expect(listed).toMatchObject({ ...nothing, eventName: 'GetBucket', reqPath: '/', reqMethod: 'get' });
    expect(completed).toMatchObject({
      eventName: 'CompleteMultipartUpload',
      objectSize: '8',
      versionId: whole.headers['x-cos-version-id'],
    });
    const rest = records.filter((record) => ![...answers.map(of)].includes(record));
    expect(rest.map(({ eventName, deltaDataSize, objectSize }) => [eventName, deltaDataSize, objectSize])).toEqual([
      ['InitiateMultipartUpload', '-', '-'],
      ['UploadPart', '1', '-'],
      ['UploadPart', '5', '-'],
      ['UploadPart', '2', '-'],
      ['PutBucketLogging', '-', '-'],
    ]);
  });

  it('does not log the delivery of logs, though they go to the bucket itself', async () => {
    const own = await makeBucket(server, 'own', { acl: 'public-read' });
    await expectStatus(setLogging(status(`own-${APPID}`, 'l/'), own), 200);
    await put(own, 'a', 'x');
    const all: LogRecord[] = [];
    for (let round = 0; round < 2; round++) {
      await fiveMinutesLater();
      const deadline = Date.now() + 10_000;
      while ((await logFiles('l/', own)).length <= round && Date.now() < deadline) {
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
    await expectStatus(setLogging(OFF, own), 200);
    for (const key of await logFiles('l/', own)) {
      all.push(...readLog((await own({ method: 'GET', key, signed: false })).body));
    }
    const writes = all.filter(({ reqMethod }) => reqMethod === 'put');
    expect(writes.map(({ reqPath }) => reqPath)).toEqual(['/a']);
  });

  it('does not log what a website only sends on, and tells who signed', async () => {
    const site = await makeBucket(server, 'site', { acl: 'public-read' });
    const rule =
      '<RoutingRule><Condition><KeyPrefixEquals>old/</KeyPrefixEquals></Condition>' +
      '<Redirect><ReplaceKeyPrefixWith>new/</ReplaceKeyPrefixWith></Redirect></RoutingRule>';
    const website =
      '<WebsiteConfiguration><IndexDocument><Suffix>index.html</Suffix></IndexDocument>' +
      `<ErrorDocument><Key>error.html</Key></ErrorDocument><RoutingRules>${rule}</RoutingRules></WebsiteConfiguration>`;
    await expectStatus(site({ method: 'PUT', query: { website: '' }, body: website }), 200);
    await put(site, 'index.html', 'hello');
    const admin = adminOf(server);
    const user = await admin.user('logging-user');
    await admin.allow('logging-user', [{ effect: 'allow', action: 'cos:GetObject', resource: '*' }]);
    await expectStatus(setLogging(status(TARGET, 'site/'), site), 200);
    const visit = (key: string) => {
      const headers = { Host: `site-${APPID}.cos-website.${REGION}.myqcloud.com` };
      return site({ method: 'GET', key, headers, signed: false });
    };
    await expectStatus(visit('old/a'), 302);
    await expectStatus(visit(''), 200);
    await expectStatus(visit('none'), 404);
    await put(site, 'error.html', 'sorry!');
    await expectStatus(visit('none'), 404);
    await expectStatus(askAs(server.port, user, `site-${APPID}`, { method: 'GET', key: 'index.html' }), 200);
    const form = { key: 'posted', file: 'content' };
    const posted = await askAs(server.port, { secretId: SECRET_ID, secretKey: SECRET_KEY }, `site-${APPID}`, {
      method: 'POST',
      form,
    });
    expect(posted.status).toBe(204);
    await expectStatus(setLogging(OFF, site), 200);
    await fiveMinutesLater();
    const records = await recordsUnder('site/', 7);
    const shown = records.map((r) => [r['eventName'], r['resErrorCode'], r['requester'], r['objectSize']]);
    expect(shown).toEqual([
      ['GetObject', '-', '-', '5'],
      ['GetObject', 'NoSuchKey', '-', '-'],
      ['PutObject', '-', `${UIN}:${UIN}`, '6'],
      ['GetObject', 'NoSuchKey', '-', '6'],
      ['GetObject', '-', `${UIN}:${user.uin}`, '5'],
      ['PostObject', '-', `${UIN}:${UIN}`, '7'],
      ['PutBucketLogging', '-', `${UIN}:${UIN}`, '-'],
    ]);
    expect(records[5]!['reqPath']).toBe('/posted');
  });

  it('delivers by the default encryption of the target', async () => {
    const sealed = await makeBucket(server, 'sealed');
    const rule =
      '<ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault>';
    const body = `<ServerSideEncryptionConfiguration><Rule>${rule}</Rule></ServerSideEncryptionConfiguration>`;
    await expectStatus(sealed({ method: 'PUT', query: { encryption: '' }, body }), 200);
    const send = await makeBucket(server, 'unsealed');
    await expectStatus(setLogging(status(`sealed-${APPID}`), send), 200);
    await put(send, 'a', 'x');
    await expectStatus(setLogging(OFF, send), 200);
    await fiveMinutesLater();
    let keys: string[] = [];
    for (let tries = 0; tries < 100 && keys.length === 0; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      keys = textsOf((await sealed({ method: 'GET' })).text, 'Key');
    }
    const file = await expectStatus(sealed({ method: 'GET', key: keys[0]! }), 200);
    expect(file.headers['x-cos-server-side-encryption']).toBe('AES256');
    expect(readLog(file.body).map(({ eventName }) => eventName)).toEqual(['PutObject', 'PutBucketLogging']);
  });

  it('writes what waits at a clean stop, the end of a bucket too', async () => {
    const first = await startServerProcess();
    const send = await makeBucket(first, 'ends');
    await makeBucket(first, 'kept');
    await expectStatus(setLogging(status(`kept-${APPID}`), send), 200);
    await expectStatus(send({ method: 'DELETE' }), 204);
    expect(await first.stop()).toBe(0);
    const second = await startServerProcess({ folder: first.folder });
    try {
      const kept = clientOf(second, 'kept');
      const [key] = textsOf((await kept({ method: 'GET' })).text, 'Key');
      const records = readLog((await kept({ method: 'GET', key: key! })).body);
      expect(records.map(({ eventName, resHttpCode }) => [eventName, resHttpCode])).toEqual([['DeleteBucket', '204']]);
    } finally {
      await second.remove();
    }
  });
});

describe('GetBucketLogging', () => {
  it.each(SDKS)('through the SDK %s', async (version, make) => {
    const cos = make(server);
    const at = { Bucket: `logging-sdk-${version.replace('.', '-')}-${APPID}`, Region: REGION };
    await cos.putBucket(at);
    const BucketLoggingStatus = { LoggingEnabled: { TargetBucket: TARGET, TargetPrefix: 'p/' } };
    await cos.putBucketLogging({ ...at, BucketLoggingStatus });
    expect((await cos.getBucketLogging(at)).BucketLoggingStatus).toEqual(BucketLoggingStatus);
    await cos.putBucketLogging({ ...at, BucketLoggingStatus: '' });
    expect((await cos.getBucketLogging(at)).BucketLoggingStatus).toBe('');
    await expect(cos.getBucketLogging({ ...at, Bucket: `nowhere-${APPID}` })).rejects.toMatchObject({
      statusCode: 404,
    });
  });
});

function authorizationOfNobody(): string {
  const now = Math.floor(Date.now() / 1_000);
  const time = `${now - 60};${now + 600}`;
  return `q-sign-algorithm=sha1&q-ak=AKIDnobody&q-sign-time=${time}&q-key-time=${time}&q-header-list=&q-url-param-list=&q-signature=${'0'.repeat(40)}`;
}

/** Lifecycle rules of a bucket, and that they act. Source: spec/buckets.md §12. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectStatus, initiate, makeBucket, md5Base64, put, setVersioning, textsOf } from '../../support/buckets.ts';
import { expectError } from '../../support/expect-error.ts';
import { clientOf, type Send, type Sent } from '../../support/http.ts';
import { SDKS } from '../../support/sdk.ts';
import { APPID, REGION, type ServerProcess, startServerProcess } from '../../support/server-process.ts';

let server: ServerProcess;
let send: Send;
/** Without rules. */
let bare: Send;
beforeAll(async () => {
  server = await startServerProcess();
  send = await makeBucket(server, 'lifecycle');
  bare = await makeBucket(server, 'lifecycle-bare');
});
afterAll(() => server.remove());

const configuration = (...rules: string[]) =>
  `<LifecycleConfiguration>${rules.map((rule) => `<Rule>${rule}</Rule>`).join('')}</LifecycleConfiguration>`;
/** @param filter content @param status of the rule */
const rule = (id: string, actions: string, filter = '', status = 'Enabled') =>
  `${id === '' ? '' : `<ID>${id}</ID>`}<Filter>${filter}</Filter><Status>${status}</Status>${actions}`;
const expire = (content: string) => `<Expiration>${content}</Expiration>`;
const days = (count: number | string) => `<Days>${count}</Days>`;
const EXPIRE = expire(days(30));
const transition = (when: string, storageClass: string) =>
  `<Transition>${when}<StorageClass>${storageClass}</StorageClass></Transition>`;
const prefix = (text: string) => `<Prefix>${text}</Prefix>`;
const tag = (key: string, value: string) => `<Tag><Key>${key}</Key><Value>${value}</Value></Tag>`;
const abort = (count: number) =>
  `<AbortIncompleteMultipartUpload><DaysAfterInitiation>${count}</DaysAfterInitiation></AbortIncompleteMultipartUpload>`;

const set = (to: Send, body: string, headers: Sent['headers'] = {}) =>
  to({ method: 'PUT', query: { lifecycle: '' }, body, headers });
const get = (from: Send) => from({ method: 'GET', query: { lifecycle: '' } });
const remove = (from: Send) => from({ method: 'DELETE', query: { lifecycle: '' } });

describe('PutBucketLifecycle', () => {
  it('takes rules with and without Content-MD5, and replaces them whole', async () => {
    const body = configuration(rule('a', EXPIRE), rule('b', transition(days(1), 'ARCHIVE'), prefix('x/')));
    const answer = await expectStatus(set(send, body, { 'Content-MD5': md5Base64(body) }), 200);
    expect(answer.text).toBe('');
    await expectStatus(set(send, configuration(rule('c', EXPIRE))), 200);
    expect(textsOf((await get(send)).text, 'ID')).toEqual(['c']);
  });

  it.each([
    ['no rule', configuration()],
    ['no filter', configuration(`<Status>Enabled</Status>${EXPIRE}`)],
    ['no status', configuration(`<Filter/>${EXPIRE}`)],
    ['an unknown status', configuration(rule('', EXPIRE, '', 'On'))],
    ['no action', configuration(rule('', ''))],
    ['a misspelt action alone', configuration(rule('', '<Transation><Days>1</Days></Transation>'))],
    ['no time', configuration(rule('', '<Expiration/>'))],
    ['days that are none', configuration(rule('', expire(days('ten'))))],
    [
      'days and a marker',
      configuration(rule('', expire(`${days(1)}<ExpiredObjectDeleteMarker>true</ExpiredObjectDeleteMarker>`))),
    ],
    [
      'a marker that is no truth',
      configuration(rule('', expire('<ExpiredObjectDeleteMarker>1</ExpiredObjectDeleteMarker>'))),
    ],
    ['no class', configuration(rule('', `<Transition>${days(1)}</Transition>`))],
    ['two expirations', configuration(rule('', EXPIRE + EXPIRE))],
    ['two conditions outside of And', configuration(rule('', EXPIRE, prefix('a') + tag('k', 'v')))],
    ['a condition beside And', configuration(rule('', EXPIRE, `${prefix('a')}<And>${tag('k', 'v')}</And>`))],
    ['a tag without value', configuration(rule('', EXPIRE, '<Tag><Key>k</Key></Tag>'))],
    ['another root', '<Lifecycle/>'],
    ['no XML', 'LifecycleConfiguration'],
  ])('refuses %s as malformed', async (_, body) => {
    expectError(await set(bare, body), 400, 'MalformedXML');
    expect((await get(bare)).status).toBe(404);
  });

  it.each([
    ['0 days of expiration', rule('', expire(days(0)))],
    ['3651 days', rule('', expire(days(3651)))],
    ['-1 days', rule('', transition(days(-1), 'ARCHIVE'))],
    ['an upload aborted at once', rule('', abort(0))],
    [
      'noncurrent versions expired at once',
      rule('', '<NoncurrentVersionExpiration><NoncurrentDays>0</NoncurrentDays></NoncurrentVersionExpiration>'),
    ],
    ['Days and Date in one action', rule('', expire(`${days(1)}<Date>2030-01-01T00:00:00+08:00</Date>`))],
    [
      'Days and Date in one rule',
      rule('', transition(days(1), 'ARCHIVE') + expire('<Date>2030-01-01T00:00:00+08:00</Date>')),
    ],
    ['a date that is none', rule('', expire('<Date>tomorrow</Date>'))],
    ['a date at noon', rule('', expire('<Date>2030-01-01T12:00:00+08:00</Date>'))],
    ['an unknown class', rule('', transition(days(1), 'GLACIER'))],
    ['a tag twice', rule('', EXPIRE, `<And>${tag('k', 'v')}${tag('k', 'w')}</And>`)],
    ['eleven tags', rule('', EXPIRE, Array.from({ length: 11 }, (_, at) => tag(`k${at}`, 'v')).join(''))],
    ['a long tag key', rule('', EXPIRE, tag('k'.repeat(129), 'v'))],
    ['a long id', rule('i'.repeat(256), EXPIRE)],
    ['a negative size', rule('', EXPIRE, '<ObjectSizeGreaterThan>-1</ObjectSizeGreaterThan>')],
  ])('refuses %s as an invalid argument', async (_, wrong) => {
    expectError(await set(bare, configuration(wrong)), 400, 'InvalidArgument');
    expect((await get(bare)).status).toBe(404);
  });

  it('takes 1,000 rules and no more', async () => {
    const rules = (count: number) =>
      configuration(...Array.from({ length: count }, (_, at) => rule(`rule-${at}`, EXPIRE, prefix(`p${at}/`))));
    await expectStatus(set(send, rules(1_000)), 200);
    expect((await get(send)).text).toBe(rules(1_000));
    expectError(await set(send, rules(1_001)), 400, 'InvalidArgument');
  });

  it('takes a document of 1 MiB and no longer, and keeps all of it', async () => {
    const tags = Array.from({ length: 10 }, (_, at) => tag(`key${at}${'k'.repeat(120)}`, 'v'.repeat(256))).join('');
    const rules = Array.from({ length: 215 }, (_, at) =>
      rule(`${at}`, EXPIRE, `<And>${prefix(`p${at}`)}${tags}</And>`),
    );
    const body = configuration(...rules);
    expect(body.length).toBeGreaterThan(900_000);
    await expectStatus(set(send, body), 200);
    expect((await get(send)).text).toBe(body);
    const padded = (size: number) => body.replace('<Rule>', `<X>${'x'.repeat(size - body.length - 7)}</X><Rule>`);
    await expectStatus(set(send, padded(1024 ** 2)), 200);
    expectError(await set(send, padded(1024 ** 2 + 1)), 400, 'XMLSizeLimit');
    await expectStatus(set(send, configuration(rule('short', EXPIRE))), 200);
    expect(textsOf((await get(send)).text, 'ID')).toEqual(['short']);
  });

  it('refuses two rules of one id', async () => {
    const body = configuration(rule('a', EXPIRE, prefix('x/')), rule('a', EXPIRE, prefix('y/')));
    expectError(
      await set(bare, body),
      400,
      'LifeCycleIdNotUnique',
      'Rule ID must be unique. Found same ID for more than one rule',
    );
  });

  it.each([
    ['expiry before a transition', [rule('a', expire(days(1))), rule('b', transition(days(30), 'ARCHIVE'))]],
    ['the same within a rule', [rule('a', transition(days(30), 'ARCHIVE') + expire(days(1)))]],
    ['one action at two times', [rule('a', expire(days(1))), rule('b', expire(days(2)), prefix(''))]],
    [
      'a colder class before a warmer one',
      [rule('a', transition(days(1), 'ARCHIVE') + transition(days(2), 'STANDARD_IA'))],
    ],
    ['two ends of uploads', [rule('a', abort(1)), rule('b', abort(2))]],
  ])('refuses contradictions: %s', async (_, rules) => {
    expectError(await set(bare, configuration(...rules)), 400, 'LifeCycleRuleConflicted', 'Conflict lifecycle rule');
  });

  it.each([
    ['rules that merely overlap', [rule('a', expire(days(1)), prefix('x')), rule('b', expire(days(2)), prefix('xy'))]],
    ['equal times', [rule('a', expire(days(5))), rule('b', transition(days(5), 'ARCHIVE'))]],
    ['a disabled rule', [rule('a', expire(days(1))), rule('b', expire(days(2)), '', 'Disabled')]],
    ['the class that moves nothing', [rule('a', transition(days(10), 'Standard'), prefix('test'))]],
    ['a past date', [rule('a', transition('<Date>2018-07-29T16:00:00.000Z</Date>', 'STANDARD_IA'))]],
  ])('accepts %s', async (_, rules) => {
    await expectStatus(set(send, configuration(...rules)), 200);
    expect((await get(send)).text).toBe(configuration(...rules));
  });

  it('refuses what could never act', async () => {
    const marker = expire('<ExpiredObjectDeleteMarker>true</ExpiredObjectDeleteMarker>');
    for (const actions of [abort(1), marker]) {
      expectError(await set(bare, configuration(rule('', actions, tag('k', 'v')))), 400, 'InvalidRequest');
    }
  });

  it('refuses classes that the bucket does not offer, and what is not built', async () => {
    for (const storageClass of ['MAZ_STANDARD_IA', 'INTELLIGENT_TIERING']) {
      const body = configuration(rule('', transition(days(1), storageClass)));
      expectError(await set(bare, body), 400, 'NotSupportedStorageClass');
    }
    const often =
      '<AccessFrequency><AccessCountLessThan>3</AccessCountLessThan><RecentDays>30</RecentDays></AccessFrequency>';
    expectError(
      await set(bare, configuration(rule('', transition(days(1) + often, 'STANDARD_IA')))),
      501,
      'NotImplemented',
    );
  });

  it('refuses to delete on a bucket with object lock', async () => {
    const locked = await makeBucket(server, 'lifecycle-locked', { versioning: 'Enabled', lockDays: 1 });
    expectError(await set(locked, configuration(rule('', EXPIRE))), 409, 'BucketLocked');
    await expectStatus(set(locked, configuration(rule('', abort(1)))), 200);
  });

  it('checks the body', async () => {
    const body = configuration(rule('', EXPIRE));
    expectError(await set(bare, ''), 400, 'MissingRequestBodyError');
    expectError(await set(bare, body, { 'Content-MD5': md5Base64('other') }), 400, 'BadDigest');
    expectError(await set(bare, body, { 'Content-MD5': 'abc' }), 400, 'InvalidDigest');
  });

  it('is for the owner alone', async () => {
    const open = await makeBucket(server, 'lifecycle-open', { acl: 'public-read-write' });
    const unsigned: Send = (sent) => open({ ...sent, signed: false });
    expectError(await set(unsigned, configuration(rule('', EXPIRE))), 403, 'AccessDenied');
    expectError(await get(unsigned), 403, 'AccessDenied');
    expectError(await remove(unsigned), 403, 'AccessDenied');
  });
});

describe('GetBucketLifecycle', () => {
  it('gives back what was put: order, case, spelling', async () => {
    const body = configuration(
      rule(
        'all &amp; more',
        transition(days(0), 'standard_ia') +
          transition(days(30), 'Archive') +
          expire(days(365)) +
          '<NoncurrentVersionTransition><Days>3</Days><StorageClass>ARCHIVE</StorageClass></NoncurrentVersionTransition>' +
          '<NoncurrentVersionExpiration><NoncurrentDays>30</NoncurrentDays></NoncurrentVersionExpiration>',
        `<And><PrefixNotEquals>a/b</PrefixNotEquals>${prefix('a/')}${tag('k', 'v')}${tag('l', '')}` +
          '<ObjectSizeGreaterThan>0</ObjectSizeGreaterThan><ObjectSizeLessThan>1000</ObjectSizeLessThan></And>',
      ),
      rule('tags', EXPIRE, tag('a', 'b') + tag('c', 'd')),
      rule(
        'marker',
        expire('<ExpiredObjectDeleteMarker>true</ExpiredObjectDeleteMarker>') + abort(7),
        prefix('m'),
        'Disabled',
      ),
    );
    await expectStatus(set(send, body), 200);
    const answer = await expectStatus(get(send), 200);
    expect([answer.text, answer.headers['content-type']]).toEqual([body, 'application/xml']);
  });

  it('ignores elements it does not know, and names rules that have no name', async () => {
    const python =
      `<LifecycleConfiguration><Rule><Status>Enabled</Status><Filter>${tag('datalevel', 'backup')}</Filter>` +
      `<Transation>${days(30)}<StorageClass>Standard_IA</StorageClass></Transation>${expire(days(3650))}</Rule>` +
      `<Rule><Status>Disabled</Status><Filter/>${EXPIRE}</Rule></LifecycleConfiguration>`;
    await expectStatus(set(send, python), 200);
    const { text } = await get(send);
    const ids = textsOf(text, 'ID');
    expect(new Set(ids).size).toBe(2);
    expect(text).toContain(
      `<Filter>${tag('datalevel', 'backup')}</Filter><Status>Enabled</Status>${expire(days(3650))}`,
    );
  });

  it('has its own error where there is none', async () => {
    expectError(await get(bare), 404, 'NoSuchLifecycleConfiguration', 'The lifecycle configuration does not exist');
  });
});

describe('DeleteBucketLifecycle', () => {
  it('takes the rules away, and does not mind when there are none', async () => {
    await expectStatus(set(send, configuration(rule('', EXPIRE))), 200);
    await expectStatus(remove(send), 204);
    expectError(await get(send), 404, 'NoSuchLifecycleConfiguration');
    await expectStatus(remove(send), 204);
  });
});

describe.each(SDKS)('with the Node SDK %s', (_, make) => {
  it('puts, gets and deletes', async () => {
    const sdk = make(server);
    const target = { Bucket: `lifecycle-${APPID}`, Region: REGION };
    const Rules = [
      {
        ID: '1',
        Filter: { Prefix: 'test_1' },
        Status: 'Enabled',
        Transition: { Date: '2018-07-29T16:00:00.000Z', StorageClass: 'STANDARD_IA' },
      },
    ];
    await sdk.putBucketLifecycle({ ...target, LifecycleConfiguration: { Rules } });
    expect((await sdk.getBucketLifecycle(target)).Rules).toEqual(Rules);
    expect((await sdk.deleteBucketLifecycle(target)).statusCode).toBe(204);
    expect((await sdk.getBucketLifecycle(target)).Rules).toEqual([]);
  });
});

/** Days of two seconds: what is to be seen comes after the second midnight at the latest. */
describe('rules that act', () => {
  let quick: ServerProcess;
  beforeAll(async () => {
    quick = await startServerProcess({ flags: ['--lifecycle-day-ms', '2s'] });
  });
  afterAll(() => quick.remove());

  async function until<T>(look: () => Promise<T>, done: (seen: T) => boolean): Promise<T> {
    const deadline = Date.now() + 20_000;
    for (;;) {
      const seen = await look();
      if (done(seen)) return seen;
      if (Date.now() > deadline) throw new Error(`still ${JSON.stringify(seen)}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  const keysOf = async (of: Send, query: Record<string, string> = {}) =>
    textsOf((await of({ method: 'GET', query })).text, 'Key');

  it('expires by prefix and tag, moves, and aborts', async () => {
    const bucket = await makeBucket(quick, 'acts');
    await put(bucket, 'logs/old', 'x');
    await put(bucket, 'keep', 'x');
    await put(bucket, 'tagged', 'x', { 'x-cos-tagging': 'temp=yes' });
    await put(bucket, 'data/large', 'x'.repeat(65_536), { 'x-cos-meta-a': 'b' });
    await put(bucket, 'data/small', 'x');
    await initiate(bucket, 'upload');
    const before = await bucket({ method: 'HEAD', key: 'data/large' });
    const body = configuration(
      rule('logs', expire(days(1)), prefix('logs/')),
      rule('tags', expire(days(1)), tag('temp', 'yes')),
      rule('data', transition(days(0), 'STANDARD_IA'), prefix('data/')),
      rule('uploads', abort(1)),
    );
    await expectStatus(set(bucket, body), 200);
    expect(
      await until(
        () => keysOf(bucket),
        (keys) => keys.length <= 3,
      ),
    ).toEqual(['data/large', 'data/small', 'keep']);
    const classOf = async (key: string) =>
      (await bucket({ method: 'HEAD', key })).headers['x-cos-storage-class'] ?? 'STANDARD';
    await until(
      () => classOf('data/large'),
      (storageClass) => storageClass === 'STANDARD_IA',
    );
    expect(await classOf('data/small')).toBe('STANDARD');
    const after = await bucket({ method: 'HEAD', key: 'data/large' });
    for (const name of ['etag', 'last-modified', 'x-cos-meta-a', 'content-length', 'x-cos-hash-crc64ecma']) {
      expect([name, after.headers[name]]).toEqual([name, before.headers[name]]);
    }
    expect((await bucket({ method: 'GET', key: 'data/large' })).text).toBe('x'.repeat(65_536));
    await until(
      () => keysOf(bucket, { uploads: '' }),
      (keys) => keys.length === 0,
    );
  });

  it('puts delete markers, and takes old versions away until nothing is left', async () => {
    const bucket = await makeBucket(quick, 'versions');
    await setVersioning(bucket, 'Enabled');
    await put(bucket, 'k', 'one');
    await put(bucket, 'k', 'two');
    const noncurrent = (count: number) =>
      `<NoncurrentVersionExpiration><NoncurrentDays>${count}</NoncurrentDays></NoncurrentVersionExpiration>`;
    await expectStatus(set(bucket, configuration(rule('', expire(days(1)) + noncurrent(2)))), 200);
    const versions = async () => (await bucket({ method: 'GET', query: { versions: '' } })).text;
    await until(versions, (text) => text.includes('<DeleteMarker>'));
    expectError(await bucket({ method: 'GET', key: 'k' }), 404, 'NoSuchKey');
    await until(versions, (text) => !text.includes('<Key>'));
  });

  it('goes on after a restart', async () => {
    const bucket = await makeBucket(quick, 'restarted');
    await put(bucket, 'a', 'x');
    await expectStatus(set(bucket, configuration(rule('', expire(days(1))))), 200);
    await quick.stop();
    quick = await startServerProcess({ folder: quick.folder, flags: ['--lifecycle-day-ms', '2s'] });
    const again = clientOf(quick, 'restarted');
    await until(
      () => keysOf(again),
      (keys) => keys.length === 0,
    );
  });
});

/** Inventories of buckets, their reports delivered and read. Source: spec/buckets.md §21. */
import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectStatus, makeBucket, md5Base64, put, putParts, textOf, textsOf } from '../../support/buckets.ts';
import { expectError } from '../../support/expect-error.ts';
import { clientOf, type Send } from '../../support/http.ts';
import { askAs } from '../../support/permissions.ts';
import { adminOf } from '../../support/permissions-world.ts';
import { SDKS } from '../../support/sdk.ts';
import { APPID, REGION, type ServerProcess, startServerProcess } from '../../support/server-process.ts';
import { advanceClock, resumeClock } from '../../support/test-clock.ts';

let server: ServerProcess;
let send: Send;
let reports: Send;
beforeAll(async () => {
  server = await startServerProcess({ flags: ['--test-clock', '--limits-min-part-bytes', '1'] });
  send = await makeBucket(server, 'stock');
  reports = await makeBucket(server, 'reports', { acl: 'public-read' });
});
afterAll(() => server.remove());

interface Shape {
  readonly id?: string;
  readonly enabled?: string;
  readonly format?: string;
  readonly account?: string;
  readonly bucket?: string;
  readonly prefix?: string;
  readonly encryption?: string;
  readonly schedule?: string;
  readonly filter?: string;
  readonly versions?: string;
  readonly fields?: readonly string[];
}

const PLACE = `qcs::cos:${REGION}::reports-${APPID}`;
const optional = (name: string, text: string | undefined) => (text === undefined ? '' : `<${name}>${text}</${name}>`);

/** In the order that answers have. */
function document(shape: Shape = {}): string {
  const { id = 'all', enabled = 'true', format = 'CSV', bucket = PLACE, schedule = 'Daily', versions = 'All' } = shape;
  const destination =
    optional('Format', format) +
    optional('AccountId', shape.account) +
    optional('Bucket', bucket) +
    optional('Prefix', shape.prefix) +
    optional('Encryption', shape.encryption);
  const fields = (shape.fields ?? []).map((field) => `<Field>${field}</Field>`).join('');
  return `<InventoryConfiguration>${[
    optional('Id', id),
    enabled === '' ? '' : optional('IsEnabled', enabled),
    `<Destination><COSBucketDestination>${destination}</COSBucketDestination></Destination>`,
    schedule === '' ? '' : `<Schedule><Frequency>${schedule}</Frequency></Schedule>`,
    optional('Filter', shape.filter),
    optional('IncludedObjectVersions', versions),
    `<OptionalFields>${fields}</OptionalFields>`,
  ].join('')}</InventoryConfiguration>`;
}

const at = (id: string) => ({ inventory: '', id });
const set = (shape: Shape = {}, to = send, id = shape.id ?? 'all', headers: Record<string, string> = {}) =>
  to({ method: 'PUT', query: at(id), headers, body: document(shape) });
const post = (shape: Shape, to = send, id = shape.id ?? 'all') =>
  to({ method: 'POST', query: at(id), body: document({ enabled: '', schedule: '', ...shape }) });
const get = (id: string, from = send) => from({ method: 'GET', query: at(id) });
const remove = (id: string, from = send) => from({ method: 'DELETE', query: at(id) });
const list = (from = send, token?: string) =>
  from({ method: 'GET', query: { inventory: '', ...(token === undefined ? {} : { 'continuation-token': token }) } });

/** RFC 4180. */
function readCsv(text: string): string[][] {
  const rows: string[][] = [];
  for (const [whole, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\n)/g)) {
    expect(whole).toBeTruthy();
    if (rows.length === 0 || rows.at(-1)!.at(-1) === '\n') {
      rows.at(-1)?.pop();
      rows.push([]);
    }
    rows.at(-1)!.push(quoted === undefined ? plain! : quoted.replaceAll('""', '"'));
    if (end === '\n') rows.at(-1)!.push('\n');
  }
  rows.at(-1)?.pop();
  return rows;
}

interface Manifest extends Readonly<Record<string, unknown>> {
  readonly fileSchema: string;
  readonly files: readonly { readonly key: string; readonly size: string; readonly md5Checksum: string }[];
}

/** Waits for the manifest under a prefix; asked by nobody, so that the clock may be anywhere. @returns its name */
async function manifestUnder(prefix: string): Promise<string> {
  const deadline = Date.now() + 15_000;
  for (;;) {
    const page = await expectStatus(reports({ method: 'GET', query: { prefix }, signed: false }), 200);
    const checksum = textsOf(page.text, 'Key').find((key) => key.endsWith('manifest.checksum'));
    if (checksum !== undefined) return checksum.replace('.checksum', '.json');
    if (Date.now() > deadline) throw new Error(`no report under ${prefix}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** The report of a manifest: sizes and sums are those of the files. */
async function readReport(path: string) {
  const read = (key: string) => expectStatus(reports({ method: 'GET', key }), 200);
  const text = (await read(path)).body;
  const sum = (await read(path.replace('.json', '.checksum'))).text;
  expect(sum).toBe(createHash('md5').update(text).digest('hex'));
  const manifest = JSON.parse(text.toString()) as Manifest;
  const columns = manifest.fileSchema.split(', ');
  const rows: Record<string, string>[] = [];
  for (const { key, size, md5Checksum } of manifest.files) {
    const { body } = await read(key);
    expect([String(body.length), createHash('md5').update(body).digest('hex')]).toEqual([size, md5Checksum]);
    for (const row of readCsv(gunzipSync(body).toString())) {
      expect(row).toHaveLength(columns.length);
      rows.push(Object.fromEntries(columns.map((name, i) => [name, row[i]!])));
    }
  }
  return { manifest, rows };
}

describe('PutBucketInventory', () => {
  it.each<[string, Shape]>([
    ['the least', {}],
    [
      'a whole one',
      {
        account: '100000000009',
        prefix: 'inv',
        encryption: '<SSE-COS></SSE-COS>',
        schedule: 'Weekly',
        versions: 'Current',
        fields: ['Size', 'Tag', 'x-cos-meta-Color', 'Size', 'IsMultipartUpload'],
      },
    ],
    ['a prefix alone', { filter: '<Prefix>a b/&amp;</Prefix>' }],
    [
      'conditions together',
      {
        filter:
          '<And><Prefix>p</Prefix><Tag><Key>k</Key><Value>v</Value></Tag><Tag><Key>k2</Key><Value></Value></Tag><StorageClass>STANDARD</StorageClass><StorageClass>Archive</StorageClass></And><Period><StartTime>1568688761</StartTime><EndTime>1568688762</EndTime></Period>',
        fields: ['Tag'],
      },
    ],
    ['nothing to filter', { filter: '' }],
  ])('takes %s, and gives it back', async (_, shape) => {
    const body = document(shape);
    expect((await expectStatus(set(shape, send, 'all', { 'Content-MD5': md5Base64(body) }), 200)).text).toBe('');
    expect((await expectStatus(get('all'), 200)).text).toBe(body);
  });

  it('takes other spellings of the same', async () => {
    await expectStatus(set({ enabled: 'True', encryption: '<SSECOS/>' }), 200);
    expect((await get('all')).text).toBe(document({ encryption: '<SSE-COS></SSE-COS>' }));
    await expectStatus(set({ enabled: 'False' }), 200);
    expect((await get('all')).text).toBe(document({ enabled: 'false' }));
    const without = document().replace('<OptionalFields></OptionalFields>', '');
    await expectStatus(send({ method: 'PUT', query: at('all'), body: without }), 200);
    expect((await get('all')).text).toBe(document());
  });

  it.each<[string, Shape, string?]>([
    ['an empty id', {}, ''],
    ['an id of other characters', { id: 'a b' }],
    ['another id than the one of the request', { id: 'other' }, 'all'],
    ['a wrong switch', { enabled: 'yes' }],
    ['a wrong frequency', { schedule: 'Hourly' }],
    ['an unknown format', { format: 'XLS' }],
    ['wrong versions', { versions: 'Some' }],
    ['an unknown field', { fields: ['Owner'] }],
    ['a field of metadata without a name', { fields: ['x-cos-meta-'] }],
    ['a filter of tags without the field', { filter: '<And><Tag><Key>k</Key><Value>v</Value></Tag></And>' }],
    ['an unknown class', { filter: '<StorageClass>COLD</StorageClass>' }],
    ['a period that ends first', { filter: '<Period><StartTime>2</StartTime><EndTime>1</EndTime></Period>' }],
    ['a period that is none', { filter: '<Period><StartTime>now</StartTime></Period>' }],
    ['an account that is none', { account: 'me' }],
    ['a destination of another form', { bucket: `reports-${APPID}` }],
    ['a destination in another region', { bucket: PLACE.replace(REGION, 'ap-beijing') }],
    ['a destination that is not there', { bucket: PLACE.replace('reports', 'absent') }],
    ['a long prefix', { prefix: 'x'.repeat(850) }],
  ])('refuses %s', async (_, shape, id = shape.id ?? 'new') => {
    expectError(await set({ id, ...shape }, send, id), 400, 'InvalidArgument');
    expect((await get('new')).status).toBe(404);
  });

  it('refuses what is no such document', async () => {
    for (const name of ['Id', 'IsEnabled', 'Destination', 'Format', 'Bucket', 'Schedule', 'IncludedObjectVersions']) {
      const body = document({ id: 'new' }).replace(new RegExp(`<${name}>.*</${name}>`), '');
      expectError(await send({ method: 'PUT', query: at('new'), body }), 400, 'MalformedXML');
    }
    const raw = (body: string, headers = {}) => send({ method: 'PUT', query: at('new'), headers, body });
    expectError(await raw('<Inventory/>'), 400, 'MalformedXML');
    expectError(await raw(''), 400, 'MissingRequestBodyError');
    expectError(await raw(' '.repeat(65_537)), 400, 'XMLSizeLimit');
    expectError(await raw(document({ id: 'new' }), { 'Content-MD5': md5Base64('x') }), 400, 'BadDigest');
    expectError(await raw(document({ id: 'new' }), { 'Content-MD5': 'x' }), 400, 'InvalidDigest');
    expectError(await set({ id: 'new' }, clientOf(server, 'nowhere')), 404, 'NoSuchBucket');
  });

  it('says what it cannot do', async () => {
    expectError(await set({ format: 'ORC' }), 501, 'NotImplemented', 'ORC');
    expectError(await set({ schedule: 'Monthly' }), 501, 'NotImplemented', 'Monthly');
    expectError(await set({ encryption: '<SSE-KMS/>' }), 501, 'NotImplemented', 'SSE-KMS');
  });

  it('is for the owner, who can write to the destination', async () => {
    const unsigned: Send = (sent) => send({ ...sent, signed: false });
    for (const answer of [
      set({}, unsigned),
      get('all', unsigned),
      list(unsigned),
      remove('all', unsigned),
      post({ id: 'once' }, unsigned),
    ]) {
      expectError(await answer, 403, 'AccessDenied');
    }
    const admin = adminOf(server);
    const other = await admin.account('inventory-other');
    const theirs = `theirs-${other.appid}`;
    await expectStatus(
      askAs(server.port, other, theirs, { method: 'PUT', headers: { 'x-cos-acl': 'public-read-write' } }),
      200,
    );
    expectError(await set({ bucket: `qcs::cos:${REGION}::${theirs}` }), 403, 'AccessDenied');
    const user = await admin.user('inventory-user');
    const statement = { effect: 'allow', action: ['cos:PutBucketInventory', 'cos:ListBucketInventory'], resource: '*' };
    await admin.allow('inventory-user', [statement]);
    const asUser = (sent: { method: string; query: Record<string, string>; body?: string }) =>
      askAs(server.port, user, `stock-${APPID}`, sent);
    const change = { method: 'PUT', query: at('users'), body: document({ id: 'users' }) };
    expectError(await asUser(change), 403, 'AccessDenied');
    await admin.allow('inventory-user', [statement, { effect: 'allow', action: 'cos:PutObject', resource: '*' }]);
    await expectStatus(asUser(change), 200);
    await expectStatus(asUser({ method: 'GET', query: { inventory: '' } }), 200);
    await expectStatus(remove('users'), 204);
  });

  it('has a report made after midnight, with every version and marker', async () => {
    const source = await makeBucket(server, 'daily', { versioning: 'Enabled' });
    const meta = { 'x-cos-meta-color': 'red, "or" blue', 'x-cos-tagging': 'a=1&b=2' };
    for (let i = 0; i < 1_150; i++) await put(source, `many/${String(i).padStart(4, '0')}`, 'x');
    await put(source, 'k &,中', 'one', meta);
    await put(source, 'k &,中', 'three');
    await expectStatus(source({ method: 'DELETE', key: 'k &,中' }), 204);
    await putParts(source, 'parts', ['12', '345']);
    await put(source, 'ia', 'ia', { 'x-cos-storage-class': 'STANDARD_IA' });
    const fields = [
      'Crc64',
      'Size',
      'LastModifiedDate',
      'StorageClass',
      'ETag',
      'IsMultipartUploaded',
      'ReplicationStatus',
      'Tag',
      'x-cos-meta-color',
    ];
    const shape = { id: 'daily', prefix: 'out', encryption: '<SSE-COS/>', fields };
    await expectStatus(set(shape, source), 200);
    await expectStatus(set({ ...shape, id: 'off', enabled: 'false' }, source), 200);
    const truth = await versionsOf(source);
    await advanceClock(server, '1d');
    const path = await manifestUnder(`out/${APPID}/daily/daily/`).finally(() => resumeClock(server));
    const { manifest, rows } = await readReport(path);
    // The day in GMT+8 of the midnight after now.
    const tomorrow = new Date(Date.now() + (24 + 8) * 3_600_000).toISOString().slice(0, 10).replaceAll('-', '');
    expect(path).toBe(`out/${APPID}/daily/daily/${tomorrow}/manifest.json`);
    expect(rows).toHaveLength(1_155);
    const shown = rows.map((row) => [
      decodeURIComponent(row['Key']!),
      row['VersionId'],
      row['IsLatest'],
      row['IsDeleteMarker'],
      row['Size'],
      row['ETag'],
      row['LastModifiedDate'],
      row['StorageClass'],
    ]);
    expect(shown).toEqual(truth);
    const bytes = truth.reduce((sum, row) => sum + Number(row[4]), 0);
    expect(manifest).toMatchObject({
      sourceAppid: APPID,
      sourceBucket: 'daily',
      destinationAppid: APPID,
      destinationBucket: 'reports',
      fileFormat: 'CSV',
      listObjectCount: '1155',
      listStorageSize: String(bytes),
      filterObjectCount: '1155',
      filterStorageSize: String(bytes),
      fileSchema:
        'Appid, Bucket, Key, VersionId, IsLatest, IsDeleteMarker, Size, LastModifiedDate, ETag, StorageClass, IsMultipartUploaded, ReplicationStatus, Tag, Crc64, x-cos-meta-color',
    });
    const of = (key: string, size: string) => rows.find((row) => row['Key'] === key && row['Size'] === size);
    expect(of('k%20%26%2C%E4%B8%AD', '3')).toMatchObject({
      Appid: APPID,
      Bucket: 'daily',
      IsMultipartUploaded: 'false',
      ReplicationStatus: '',
      Tag: 'a=1&b=2',
      'x-cos-meta-color': 'red, "or" blue',
    });
    expect(of('parts', '5')?.['IsMultipartUploaded']).toBe('true');
    const head = await source({ method: 'HEAD', key: 'parts' });
    expect(of('parts', '5')?.['Crc64']).toBe(head.headers['x-cos-hash-crc64ecma']);
    const file = await reports({ method: 'HEAD', key: manifest.files[0]!.key });
    expect(file.headers['x-cos-server-side-encryption']).toBe('AES256');
    const off = await reports({ method: 'GET', query: { prefix: `out/${APPID}/daily/off/` } });
    expect(textsOf(off.text, 'Key')).toEqual([]);
  }, 60_000);
});

/** What GET Bucket Object versions tells, as the rows of a report. */
async function versionsOf(source: Send): Promise<string[][]> {
  const rows: string[][] = [];
  let marker: Record<string, string> = {};
  for (;;) {
    const { text } = await expectStatus(source({ method: 'GET', query: { versions: '', ...marker } }), 200);
    for (const [, kind, xml] of text.matchAll(/<(Version|DeleteMarker)>(.*?)<\/\1>/gs)) {
      const field = (name: string) => textOf(xml!, name) ?? '';
      const facts = ['Key', 'VersionId', 'IsLatest'].map(field);
      const object = kind === 'Version' ? [field('Size'), field('ETag').replaceAll('"', '')] : ['', ''];
      const deleted = String(kind === 'DeleteMarker');
      rows.push([...facts, deleted, ...object, field('LastModified'), kind === 'Version' ? field('StorageClass') : '']);
    }
    if (textOf(text, 'IsTruncated') !== 'true') return rows;
    marker = {
      'key-marker': textOf(text, 'NextKeyMarker')!,
      'version-id-marker': textOf(text, 'NextVersionIdMarker')!,
    };
  }
}

describe('GetBucketInventory', () => {
  it('has its own error for one that is not there', async () => {
    expectError(await get('absent'), 404, 'InventoryConfigurationNotFoundError');
    expectError(await get(''), 400, 'InvalidArgument');
    expectError(await get('x'.repeat(3_000)), 400, 'InvalidArgument');
  });

  it('survives a restart', async () => {
    const first = await startServerProcess();
    const kept = await makeBucket(first, 'kept');
    await expectStatus(set({ bucket: PLACE.replace('reports', 'kept') }, kept), 200);
    await first.stop();
    const second = await startServerProcess({ folder: first.folder });
    try {
      const expected = document({ bucket: PLACE.replace('reports', 'kept') });
      expect((await get('all', clientOf(second, 'kept'))).text).toBe(expected);
    } finally {
      await second.remove();
    }
  });
});

describe('ListBucketInventoryConfigurations', () => {
  it('gives pages of 100 in the order of creation, and there may be 1,000', async () => {
    const full = await makeBucket(server, 'full');
    expect((await list(full)).text).toBe(
      '<ListInventoryConfigurationResult><IsTruncated>false</IsTruncated></ListInventoryConfigurationResult>',
    );
    for (let i = 0; i < 1_000; i++) await expectStatus(set({ id: `ID-${i}` }, full), 200);
    expectError(await set({ id: 'more' }, full), 400, 'InventoryFull');
    await expectStatus(set({ id: 'ID-5', versions: 'Current' }, full), 200);
    const ids: string[] = [];
    let token = '';
    let pages = 0;
    do {
      const { text } = await expectStatus(list(full, token), 200);
      expect(textOf(text, 'ContinuationToken') ?? '').toBe(token);
      ids.push(...textsOf(text, 'Id'));
      token = textOf(text, 'NextContinuationToken') ?? '';
      expect(textOf(text, 'IsTruncated')).toBe(String(token !== ''));
      pages += 1;
    } while (token !== '');
    expect(pages).toBe(10);
    expect(ids).toEqual(Array.from({ length: 1_000 }, (_, i) => `ID-${i}`));
    expectError(await list(full, 'x'), 400, 'InvalidArgument');
    await expectStatus(full({ method: 'DELETE' }), 204);
    const again = await makeBucket(server, 'full');
    expect(textsOf((await list(again)).text, 'Id')).toEqual([]);
  }, 60_000);
});

describe('DeleteBucketInventory', () => {
  it('takes one away, and need not find it', async () => {
    await expectStatus(set({ id: 'gone' }), 200);
    await expectStatus(remove('gone'), 204);
    expect((await get('gone')).status).toBe(404);
    await expectStatus(remove('gone'), 204);
    expectError(await remove(''), 400, 'InvalidArgument');
    expectError(await remove('gone', clientOf(server, 'nowhere')), 404, 'NoSuchBucket');
  });

  it.each(SDKS)('and the others, through the SDK %s', async (version, make) => {
    const cos = make(server);
    const there = { Bucket: `inventory-sdk-${version.replace('.', '-')}-${APPID}`, Region: REGION };
    await cos.putBucket(there);
    expect((await cos.listBucketInventory(there)).InventoryConfigurations).toEqual([]);
    const InventoryConfiguration = {
      Id: 'inventory_test',
      IsEnabled: 'true',
      Destination: {
        COSBucketDestination: {
          Format: 'CSV',
          AccountId: '100000000001',
          Bucket: PLACE,
          Prefix: 'inventory_prefix_1',
          Encryption: { SSECOS: '' },
        },
      },
      Schedule: { Frequency: 'Daily' },
      Filter: { Prefix: 'myPrefix' },
      IncludedObjectVersions: 'All',
      OptionalFields: ['Size'],
    };
    const one = { ...there, Id: InventoryConfiguration.Id };
    await cos.putBucketInventory({ ...one, InventoryConfiguration });
    expect((await cos.getBucketInventory(one)).InventoryConfiguration).toEqual(InventoryConfiguration);
    expect((await cos.listBucketInventory(there)).InventoryConfigurations).toEqual([InventoryConfiguration]);
    expect((await cos.deleteBucketInventory(one)).statusCode).toBe(204);
    await expect(cos.getBucketInventory(one)).rejects.toMatchObject({ statusCode: 404 });
  });
});

describe('PostBucketInventory', () => {
  it('makes one report at once', async () => {
    const source = await makeBucket(server, 'once');
    await put(source, 'a/1', 'x');
    await put(source, 'b/1', 'xy');
    await put(source, 'b/2', 'xyz', { 'x-cos-tagging': 't=1' });
    const shape = { id: 'now', versions: 'Current', fields: ['Size'], filter: '<Prefix>b/</Prefix>' };
    const { text } = await expectStatus(post(shape, source), 200);
    expect(text).toMatch(/^<PostInventoryResult><JobId>[^<]+<\/JobId><\/PostInventoryResult>$/);
    const { rows, manifest } = await readReport(await manifestUnder(`${APPID}/once/now/`));
    expect(rows.map((row) => [row['Key'], row['Size']])).toEqual([
      ['b/1', '2'],
      ['b/2', '3'],
    ]);
    expect(manifest['fileSchema']).toBe('Appid, Bucket, Key, Size');
    // It is no configuration, and its id is free again.
    expect((await get('now', source)).status).toBe(404);
    await expectStatus(set({ id: 'now' }, source), 200);
    expectError(await post(shape, source), 400, 'DuplicateInventoryId');
  });

  it('refuses an id whose report is not made yet', async () => {
    const source = await makeBucket(server, 'slow');
    await put(source, 'a', 'x');
    const answers = await Promise.all(Array.from({ length: 8 }, () => post({ id: 'same' }, source)));
    const codes = answers.map(({ status, error }) => (status === 200 ? 'made' : error['Code']));
    expect(codes).toContain('made');
    expect(codes).toContain('DuplicateInventoryId');
    expect(new Set(codes).size).toBe(2);
  });

  it('refuses what PUT refuses', async () => {
    expectError(await post({ id: 'x', format: 'ORC' }), 501, 'NotImplemented');
    expectError(await post({ id: 'x', fields: ['Owner'] }), 400, 'InvalidArgument');
    expectError(await post({ id: 'x' }, send, 'y'), 400, 'InvalidArgument');
    expectError(await send({ method: 'POST', query: at('x'), body: 'x' }), 400, 'MalformedXML');
  });
});

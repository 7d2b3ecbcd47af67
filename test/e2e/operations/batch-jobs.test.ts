/** Batch jobs. Source: spec/buckets.md §29. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeBucket } from '../../support/buckets.ts';
import { expectError } from '../../support/expect-error.ts';
import type { Answer, Send } from '../../support/http.ts';
import { errorOf } from '../../support/raw.ts';
import { APPID, REGION, type ServerProcess, startServerProcess } from '../../support/server-process.ts';
import { eventually, type SideSent, sendAside } from '../../support/side-host.ts';

const UIN = '100000000001';
const HOST = `${UIN}.cos-control.${REGION}.myqcloud.com`;
const arn = (bucket: string, key = '') => `qcs::cos:${REGION}::${bucket}-${APPID}${key === '' ? '' : `/${key}`}`;

let server: ServerProcess;
let source: Send;
let target: Send;
beforeAll(async () => {
  server = await startServerProcess({ env: { COSETTE_UIN: UIN } });
  source = await makeBucket(server, 'batch-source');
  target = await makeBucket(server, 'batch-target');
});
afterAll(() => server.remove());

const ask = (method: string, path: string, more: Partial<SideSent> = {}): Promise<Answer> =>
  sendAside(server, { method, host: HOST, path, headers: { 'x-cos-appid': APPID }, ...more });

let made = 0;

interface Wanted {
  readonly manifest?: string;
  readonly etag?: string;
  readonly operation?: string;
  readonly fields?: readonly string[];
  readonly token?: string;
  readonly confirm?: boolean;
  readonly priority?: string;
  readonly report?: string;
  readonly role?: string;
}

const REPORT = () =>
  `<Report><Bucket>${arn('batch-target')}</Bucket><Enabled>true</Enabled><Format>Report_CSV_V1</Format>` +
  '<Prefix>reports</Prefix><ReportScope>AllTasks</ReportScope></Report>';
const copy = (more = '') =>
  `<COSPutObjectCopy><TargetResource>${arn('batch-target')}</TargetResource>${more}</COSPutObjectCopy>`;

/** Stores the manifest and describes a job with it. */
async function described(wanted: Wanted = {}): Promise<string> {
  const { manifest = '', operation = copy(), fields = ['Bucket', 'Key'], confirm = false, priority = '1' } = wanted;
  const number = made++;
  const key = `manifests/${number}.csv`;
  await source({ method: 'PUT', key, body: manifest });
  const etag = wanted.etag ?? createHash('md5').update(manifest).digest('hex');
  return (
    `<CreateJobRequest><ClientRequestToken>${wanted.token ?? `token-${number}`}</ClientRequestToken>` +
    `<ConfirmationRequired>${confirm}</ConfirmationRequired><Description>job ${number}</Description>` +
    `<Manifest><Location><ETag>"${etag}"</ETag><ObjectArn>${arn('batch-source', key)}</ObjectArn></Location>` +
    `<Spec><Fields>${fields.map((name) => `<member>${name}</member>`).join('')}</Fields>` +
    `<Format>COSBatchOperations_CSV_V1</Format></Spec></Manifest><Operation>${operation}</Operation>` +
    `<Priority>${priority}</Priority>${wanted.report ?? REPORT()}` +
    `<RoleArn>${wanted.role ?? `qcs::cam::uin/${UIN}:roleName/batch`}</RoleArn></CreateJobRequest>`
  );
}

const post = (body: string) => ask('POST', '/jobs', { body });

async function create(wanted: Wanted = {}): Promise<string> {
  const answer = await post(await described(wanted));
  expect([answer.status, answer.text]).toEqual([200, expect.stringMatching(/^<CreateJobResult><JobId>[0-9a-f-]{36}</)]);
  return errorOf(answer.text)['JobId']!;
}

const describeJob = (id: string) => ask('GET', `/jobs/${id}`);
const statusOf = (text: string) => /<Status>(\w+)</.exec(text)?.[1];

async function reached(id: string, status: string): Promise<string> {
  const { text } = await eventually(
    () => describeJob(id),
    (answer) => statusOf(answer.text) === status,
  );
  return text;
}

const line = (key: string, bucket = 'batch-source') => `${bucket}-${APPID},${encodeURIComponent(key)}\n`;

describe('CreateJob', () => {
  it('copies what the manifest names, with other attributes, and reports it', async () => {
    await source({ method: 'PUT', key: 'in/ключ 1', body: 'one', headers: { 'x-cos-tagging': 'a=1' } });
    await source({ method: 'PUT', key: 'in/two', body: 'two' });
    const operation = copy(
      '<PrefixReplace>true</PrefixReplace><ResourcesPrefix>in/</ResourcesPrefix><TargetKeyPrefix>out/</TargetKeyPrefix>' +
        '<MetadataDirective>Replaced</MetadataDirective><NewObjectMetadata><ContentType>text/x-new</ContentType>' +
        '<UserMetadata><member><Key>colour</Key><Value>red</Value></member></UserMetadata></NewObjectMetadata>' +
        '<TaggingDirective>Add</TaggingDirective><NewObjectTagging><COSTag><Key>b</Key><Value>2</Value></COSTag></NewObjectTagging>' +
        '<StorageClass>STANDARD_IA</StorageClass>',
    );
    const manifest = line('in/ключ 1') + line('in/two') + line('in/absent');
    const id = await create({ manifest, operation });
    const text = await reached(id, 'Complete');
    expect(text).toContain(
      '<ProgressSummary><NumberOfTasksFailed>1</NumberOfTasksFailed><NumberOfTasksSucceeded>2</NumberOfTasksSucceeded>' +
        '<TotalNumberOfTasks>3</TotalNumberOfTasks></ProgressSummary>',
    );
    expect(text).toContain(`<Operation>${operation}</Operation>`);
    const object = await target({ method: 'GET', key: 'out/ключ 1' });
    expect(object.text).toBe('one');
    expect(object.headers).toMatchObject({
      ...{ 'content-type': 'text/x-new', 'x-cos-meta-colour': 'red', 'x-cos-storage-class': 'STANDARD_IA' },
    });
    const tags = await target({ method: 'GET', key: 'out/ключ 1', query: { tagging: '' } });
    expect(tags.text).toMatch(/<Key>a<\/Key><Value>1<\/Value>.*<Key>b<\/Key><Value>2<\/Value>/);
    const report = await target({ method: 'GET', key: `reports/job-${id}/results.csv` });
    const lines = report.text.split('\n');
    const bucket = `batch-source-${APPID}`;
    expect(lines.slice(0, 2)).toEqual([
      `${bucket},${encodeURIComponent('in/ключ 1')},,succeeded,,200,`,
      `${bucket},${encodeURIComponent('in/two')},,succeeded,,200,`,
    ]);
    expect(lines[2]).toMatch(/,in%2Fabsent,,failed,NoSuchCopySource,404,/);
    const list = JSON.parse((await target({ method: 'GET', key: `reports/job-${id}/manifest.json` })).text);
    const md5 = createHash('md5').update(report.body).digest('hex');
    expect(list.Results).toEqual([
      { Bucket: `batch-target-${APPID}`, MD5Checksum: md5, Key: `reports/job-${id}/results.csv` },
    ]);
  });

  it('restores and tags', async () => {
    await source({ method: 'PUT', key: 'cold', body: 'x', headers: { 'x-cos-storage-class': 'ARCHIVE' } });
    await source({ method: 'PUT', key: 'warm', body: 'x' });
    const restore =
      '<COSInitiateRestoreObject><ExpirationInDays>3</ExpirationInDays><JobTier>Standard</JobTier></COSInitiateRestoreObject>';
    const restored = await create({ manifest: line('cold') + line('warm'), operation: restore });
    const tagging =
      '<COSPutObjectTagging><TaggingDirective>Replaced</TaggingDirective><TagSet><COSTag><Key>k</Key><Value>v</Value></COSTag></TagSet></COSPutObjectTagging>';
    const tagged = await create({ manifest: line('warm'), operation: tagging });
    await reached(restored, 'Complete');
    await reached(tagged, 'Complete');
    expect((await source({ method: 'HEAD', key: 'cold' })).headers['x-cos-restore']).toContain(
      'ongoing-request="true"',
    );
    const report = await target({ method: 'GET', key: `reports/job-${restored}/results.csv` });
    expect(report.text).toMatch(/,cold,,succeeded,,202,\n.*,warm,,failed,RestoreNonArchiveObject,405,/);
    const tags = await source({ method: 'GET', key: 'warm', query: { tagging: '' } });
    expect(tags.text).toContain('<Key>k</Key><Value>v</Value>');
  });

  it('fails a job whose manifest is another', async () => {
    const id = await create({ manifest: line('a'), etag: '0'.repeat(32) });
    const text = await reached(id, 'Failed');
    expect(text).toContain('<FailureReasons><JobFailure><FailureCode>InvalidRequest</FailureCode>');
  });

  it('takes a condition on the source', async () => {
    await source({ method: 'PUT', key: 'young', body: 'x' });
    const later = Math.floor(Date.now() / 1_000) + 3_600;
    const operation = copy(`<ModifiedSinceConstraint>${later}</ModifiedSinceConstraint>`);
    const id = await create({ manifest: line('young'), operation });
    await reached(id, 'Complete');
    const report = await target({ method: 'GET', key: `reports/job-${id}/results.csv` });
    expect(report.text).toContain(',young,,failed,PreconditionFailed,412,');
  });

  it.each<[string, Wanted, string, string]>([
    ['no operation', { operation: '' }, '400', 'MalformedXML'],
    ['two operations', { operation: copy() + copy() }, '400', 'MalformedXML'],
    ['an unknown operation', { operation: '<COSDeleteObject/>' }, '400', 'MalformedXML'],
    ['columns without Key', { fields: ['Bucket'] }, '400', 'MalformedXML'],
    ['a report that says nothing', { report: '<Report/>' }, '400', 'MalformedXML'],
    ['no report', { report: '' }, '400', 'MalformedXML'],
    ['no priority', { priority: '' }, '400', 'InvalidRequest'],
    ['a priority out of range', { priority: '2147483648' }, '400', 'InvalidRequest'],
    ['no token', { token: '' }, '400', 'InvalidRequest'],
    ['a token that is too long', { token: 'x'.repeat(65) }, '400', 'InvalidRequest'],
    ['a role of somebody else', { role: 'qcs::cam::uin/100000000009:roleName/batch' }, '400', 'InvalidRequest'],
  ])('refuses %s', async (_, wanted, status, code) => {
    expectError(await post(await described(wanted)), Number(status), code);
  });

  it('refuses a token that was used, and whom it must', async () => {
    const body = await described({ manifest: line('a') });
    expect((await post(body)).status).toBe(200);
    expectError(await post(body), 400, 'InvalidRequest');
    const other = await described({ manifest: line('a') });
    expectError(await ask('POST', '/jobs', { body: other, as: null }), 403, 'AccessDenied');
    expectError(await ask('POST', '/jobs', { body: other, headers: {} }), 400, 'MissingAppid');
    expectError(
      await ask('POST', '/jobs', { body: other, headers: { 'x-cos-appid': '1250000001' } }),
      403,
      'AccessDenied',
    );
    const foreign = `100000000009.cos-control.${REGION}.myqcloud.com`;
    expectError(await ask('POST', '/jobs', { body: other, host: foreign }), 403, 'AccessDenied');
    expectError(await ask('PUT', '/jobs', { body: other }), 405, 'MethodNotAllowed');
    expectError(await ask('POST', '/'), 400, 'InvalidURI');
    expectError(await post(''), 400, 'MissingRequestBodyError');
  });
});

describe('DescribeJob', () => {
  it('tells what was asked for', async () => {
    const body = await described({ manifest: line('a'), confirm: true, priority: '7' });
    const id = errorOf((await post(body)).text)['JobId']!;
    const text = await reached(id, 'Suspended');
    const [manifest] = /<Manifest>.*<\/Manifest>/.exec(body)!;
    expect(text).toContain(manifest.replaceAll('"', '&quot;'));
    expect(text).toContain(REPORT());
    expect(text).toContain('<Priority>7</Priority>');
    expect(text).toMatch(/<SuspendedCause>AwaitingConfirmation<\/SuspendedCause><SuspendedDate>[\dT:-]+Z</);
    expect(text).toMatch(/<CreationTime>[\dT:-]+Z<\/CreationTime>/);
  });

  it('knows no other job', async () => {
    expectError(await describeJob('none'), 404, 'NoSuchJob');
  });
});

describe('UpdateJobStatus', () => {
  it('confirms, and cancels', async () => {
    await source({ method: 'PUT', key: 'c', body: 'x' });
    const id = await create({ manifest: line('c'), confirm: true });
    await reached(id, 'Suspended');
    const query = { requestedJobStatus: 'Ready', statusUpdateReason: 'looks good' };
    const answer = await ask('POST', `/jobs/${id}/status`, { query });
    expect(answer.text).toBe(
      `<UpdateJobStatusResult><JobId>${id}</JobId><Status>Ready</Status><StatusUpdateReason>looks good</StatusUpdateReason></UpdateJobStatusResult>`,
    );
    await reached(id, 'Complete');
    const cancel = { query: { requestedJobStatus: 'Cancelled' } };
    expectError(await ask('POST', `/jobs/${id}/status`, cancel), 400, 'InvalidRequest');
    const other = await create({ manifest: line('c'), confirm: true });
    await reached(other, 'Suspended');
    expect((await ask('POST', `/jobs/${other}/status`, cancel)).status).toBe(200);
    expect(await reached(other, 'Cancelled')).toContain('<NumberOfTasksSucceeded>0<');
    const never = { query: { requestedJobStatus: 'Complete' } };
    expectError(await ask('POST', `/jobs/${other}/status`, never), 400, 'InvalidArgument');
    expectError(await ask('POST', '/jobs/none/status', cancel), 404, 'NoSuchJob');
  });
});

describe('UpdateJobPriority', () => {
  it('sets the priority of a job that is not finished', async () => {
    const id = await create({ manifest: line('a'), confirm: true });
    const answer = await ask('POST', `/jobs/${id}/priority`, { query: { priority: '42' } });
    expect(answer.text).toBe(
      `<UpdateJobPriorityResult><JobId>${id}</JobId><Priority>42</Priority></UpdateJobPriorityResult>`,
    );
    expectError(await ask('POST', `/jobs/${id}/priority`), 400, 'InvalidRequest');
    expectError(await ask('POST', `/jobs/${id}/priority`, { query: { priority: '-1' } }), 400, 'InvalidRequest');
    expectError(await ask('POST', '/jobs/none/priority', { query: { priority: '1' } }), 404, 'NoSuchJob');
  });
});

describe('ListJobs', () => {
  it('lists in pages, by status', async () => {
    const all = await ask('GET', '/jobs');
    const ids = [...all.text.matchAll(/<JobId>([^<]+)</g)].map(([, id]) => id!);
    expect(ids.length).toBeGreaterThan(5);
    const pages: string[] = [];
    let nextToken: string | undefined;
    do {
      const query = { maxResults: '2', ...(nextToken === undefined ? {} : { nextToken }) };
      const { text } = await ask('GET', '/jobs', { query });
      pages.push(...[...text.matchAll(/<JobId>([^<]+)</g)].map(([, id]) => id!));
      nextToken = /<NextToken>([^<]+)</.exec(text)?.[1];
    } while (nextToken !== undefined);
    expect(pages).toEqual(ids);
    const some = await ask('GET', '/jobs', { query: { jobStatuses: 'Suspended,Cancelled' } });
    expect(new Set([...some.text.matchAll(/<Status>(\w+)</g)].map(([, name]) => name))).toEqual(
      new Set(['Suspended', 'Cancelled']),
    );
    expect(some.text).toMatch(/<member><CreationTime>.*<Operation>COSPutObjectCopy<\/Operation>/);
    for (const query of [
      { jobStatuses: 'Sleeping' },
      { maxResults: 'x' },
      { maxResults: '1001' },
      { nextToken: 'x' },
    ]) {
      expectError(await ask('GET', '/jobs', { query: query as Record<string, string> }), 400, 'InvalidArgument');
    }
  });
});

describe('DeleteJob', () => {
  it('forgets a job that is finished', async () => {
    const id = await create({ manifest: line('absent') });
    await reached(id, 'Complete');
    expect((await ask('DELETE', `/jobs/${id}`)).status).toBe(204);
    expectError(await describeJob(id), 404, 'NoSuchJob');
    expectError(await ask('DELETE', `/jobs/${id}`), 404, 'NoSuchJob');
    const other = await create({ manifest: line('absent'), confirm: true });
    expectError(await ask('DELETE', `/jobs/${other}`), 400, 'InvalidRequest');
  });
});

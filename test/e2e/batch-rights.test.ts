/** What batch jobs and fetch tasks may do, and what becomes of them when the server is killed. Source: spec/buckets.md §29, §30. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeBucket } from '../support/buckets.ts';
import { expectError } from '../support/expect-error.ts';
import { clientOf, type Send } from '../support/http.ts';
import { errorOf } from '../support/raw.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';
import {
  APPID,
  REGION,
  SECRET_ID,
  SECRET_KEY,
  type ServerProcess,
  startServerProcess,
} from '../support/server-process.ts';
import { eventually, type SideSent, sendAside } from '../support/side-host.ts';

const run = promisify(execFile);
const UIN = '100000000001';
const CONTROL = `${UIN}.cos-control.${REGION}.myqcloud.com`;
const MIGRATION = `${REGION}.migration.myqcloud.com`;
const ENV = { COSETTE_UIN: UIN, COSETTE_ORIGIN_PRIVATE_ADDRESSES: 'true' };
const OPERATOR = { ...ENV, COSETTE_SECRET_ID: SECRET_ID, COSETTE_SECRET_KEY: SECRET_KEY, COSETTE_APPID: APPID };

let server: ServerProcess;
let web: Receiver;
let source: Send;
let target: Send;
beforeAll(async () => {
  web = await startReceiver();
  web.pages.set('/page', 'page');
  server = await startServerProcess({ env: ENV });
  source = await makeBucket(server, 'rights-source');
  target = await makeBucket(server, 'rights-target');
});
afterAll(async () => {
  web.close();
  await server.remove();
});

async function cosette(...args: string[]): Promise<string> {
  const ready = ['--ready-file', join(server.folder, 'ready.json')];
  const { stdout } = await run(process.execPath, ['dist/cli/main.js', ...args, ...ready], {
    env: { ...process.env, ...OPERATOR },
  });
  return stdout;
}

type Pair = NonNullable<SideSent['as']>;

/** A user who may do these things. */
async function makeUser(name: string, ...actions: readonly [action: string, resource: string][]): Promise<Pair> {
  const statement = actions.map(([action, resource]) => ({
    ...{ effect: 'allow', action: [`name/cos:${action}`], resource: [resource] },
  }));
  const file = join(server.folder, `${name}.json`);
  writeFileSync(file, JSON.stringify({ version: '2.0', statement }));
  await cosette('user', 'create', name);
  await cosette('policy', 'create', `${name}-policy`, file);
  await cosette('user', 'attach', name, `${name}-policy`);
  return JSON.parse(await cosette('key', 'create', '--user', name, '--json')) as Pair;
}

const of = (bucket: string, key = '*') => `qcs::cos:${REGION}:uid/${APPID}:${bucket}-${APPID}/${key}`;
const arn = (bucket: string, key = '') => `qcs::cos:${REGION}::${bucket}-${APPID}${key === '' ? '' : `/${key}`}`;

const ask = (method: string, path: string, more: Partial<SideSent> = {}) =>
  sendAside(server, { method, host: CONTROL, path, headers: { 'x-cos-appid': APPID }, ...more });

async function createJob(keys: readonly string[], as?: Pair) {
  const manifest = keys.map((key) => `rights-source-${APPID},${key}\n`).join('');
  const etag = createHash('md5').update(manifest).digest('hex');
  const key = `manifest-${etag}.csv`;
  await source({ method: 'PUT', key, body: manifest });
  const body =
    `<CreateJobRequest><ClientRequestToken>${etag}</ClientRequestToken>` +
    `<Manifest><Location><ETag>${etag}</ETag><ObjectArn>${arn('rights-source', key)}</ObjectArn></Location>` +
    '<Spec><Fields><member>Bucket</member><member>Key</member></Fields><Format>COSBatchOperations_CSV_V1</Format></Spec></Manifest>' +
    `<Operation><COSPutObjectCopy><TargetResource>${arn('rights-target')}</TargetResource></COSPutObjectCopy></Operation>` +
    `<Priority>1</Priority><Report><Bucket>${arn('rights-target')}</Bucket><Enabled>true</Enabled>` +
    '<Format>Report_CSV_V1</Format><ReportScope>AllTasks</ReportScope></Report>' +
    `<RoleArn>qcs::cam::uin/${UIN}:roleName/batch</RoleArn></CreateJobRequest>`;
  return ask('POST', '/jobs', { body, ...(as === undefined ? {} : { as }) });
}

const ended = (id: string) =>
  eventually(
    async () => (await ask('GET', `/jobs/${id}`)).text,
    (text) => /<Status>(?:Complete|Failed|Cancelled)</.test(text),
  );

describe('a job', () => {
  it('does what whoever made it may do, and no more', async () => {
    await source({ method: 'PUT', key: 'open/a', body: 'x' });
    await source({ method: 'PUT', key: 'shut/a', body: 'x' });
    const anna = await makeUser(
      'anna',
      ['CreateJob', '*'],
      ['GetObject', of('rights-source', 'open/*')],
      ['GetObject', of('rights-source', 'manifest-*')],
      ['PutObject', of('rights-target')],
    );
    const answer = await createJob(['open/a', 'shut/a'], anna);
    const id = errorOf(answer.text)['JobId']!;
    await ended(id);
    const report = await target({ method: 'GET', key: `job-${id}/results.csv` });
    expect(report.text).toMatch(/,open%2Fa,,succeeded,,200,\n.*,shut%2Fa,,failed,AccessDenied,403,/);
    expect((await target({ method: 'GET', key: 'shut/a' })).status).toBe(404);
    expectError(await ask('GET', '/jobs', { as: anna }), 403, 'AccessDenied');
    expectError(await ask('DELETE', `/jobs/${id}`, { as: anna }), 403, 'AccessDenied');
  });

  it('fails where they may not read its manifest, or are disabled', async () => {
    const berta = await makeUser('berta', ['CreateJob', '*']);
    const id = errorOf((await createJob(['open/a'], berta)).text)['JobId']!;
    expect(await ended(id)).toContain('<FailureCode>AccessDenied</FailureCode>');
    const carl = await makeUser('carl');
    expectError(await createJob(['open/a', 'x'], carl), 403, 'AccessDenied');
  });

  it('names a role of the account where that has any', async () => {
    await cosette('role', 'create', 'mover', `qcs::cam::uin/${UIN}:root`);
    expectError(await createJob(['open/a', 'y']), 400, 'InvalidRequest');
    await cosette('role', 'create', 'batch', `qcs::cam::uin/${UIN}:root`);
    expect((await createJob(['open/a', 'z'])).status).toBe(200);
  });

  it('goes on after the server was killed', async () => {
    const keys = Array.from({ length: 600 }, (_, at) => `many/${at}`);
    for (let at = 0; at < keys.length; at += 50) {
      await Promise.all(keys.slice(at, at + 50).map((key) => source({ method: 'PUT', key, body: key })));
    }
    const id = errorOf((await createJob(keys)).text)['JobId']!;
    await eventually(
      async () => Number(/<NumberOfTasksSucceeded>(\d+)/.exec((await ask('GET', `/jobs/${id}`)).text)?.[1]),
      (count) => count > 0,
    );
    await server.stop('SIGKILL');
    server = await startServerProcess({ folder: server.folder, env: ENV });
    [source, target] = [clientOf(server, 'rights-source'), clientOf(server, 'rights-target')];
    const text = await ended(id);
    expect(text).toContain('<NumberOfTasksFailed>0</NumberOfTasksFailed><NumberOfTasksSucceeded>600<');
    const report = await target({ method: 'GET', key: `job-${id}/results.csv` });
    const reported = report.text
      .trimEnd()
      .split('\n')
      .map((line) => decodeURIComponent(line.split(',')[1]!));
    expect(reported).toEqual(keys);
    expect((await target({ method: 'GET', key: 'many/599' })).text).toBe('many/599');
  });
});

describe('a fetch task', () => {
  const create = (as: Pair, Key: string) =>
    sendAside(server, {
      ...{ method: 'POST', host: MIGRATION, path: `/rights-target-${APPID}/`, as },
      body: JSON.stringify({ Url: `${web.url}/page`, Key }),
    });

  it('is for those who may write the object', async () => {
    const dora = await makeUser(
      'dora',
      ['PutFetchTask', of('rights-target')],
      ['PutObject', of('rights-target', 'fetched/*')],
    );
    expect((await create(dora, 'fetched/a')).status).toBe(200);
    const refused = await create(dora, 'other/a');
    expect([refused.status, JSON.parse(refused.text).code]).toEqual([403, 'AccessDenied']);
  });

  it('is carried out after the server was killed', async () => {
    const root = { secretId: SECRET_ID, secretKey: SECRET_KEY };
    for (let at = 0; at < 20; at++) expect((await create(root, `killed/${at}`)).status).toBe(200);
    await server.stop('SIGKILL');
    server = await startServerProcess({ folder: server.folder, env: ENV });
    target = clientOf(server, 'rights-target');
    for (let at = 0; at < 20; at++) {
      const { text } = await eventually(
        () => target({ method: 'GET', key: `killed/${at}` }),
        ({ status }) => status === 200,
      );
      expect(text).toBe('page');
    }
  });
});

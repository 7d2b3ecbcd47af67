import { gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, it } from 'vitest';
import { rootIdentity } from '../../access/key-file.ts';
import { CosError } from '../../errors/cos-error.ts';
import { type Fixture, openFixture } from '../../model/fixture.ts';
import type { Services } from '../../model/services.ts';
import { BatchDesk } from './desk.ts';
import { BatchJobs, type BatchPorts, type TaskOutcome } from './job.ts';
import type { BatchTask, ManifestObject } from './manifest.ts';
import type { BatchJob, JobRequest } from './record.ts';

const APPID = '1250000000';
const CREATOR = rootIdentity({ appid: APPID, uin: '100000000001', secretId: 'AKIDx' });
const DONE: TaskOutcome = { status: 200, code: '', message: '' };
const FAILED: TaskOutcome = { status: 404, code: 'NoSuchKey', message: 'There is, "as it were", none.' };

/** Operations that only remember. */
class FakePorts implements BatchPorts {
  readonly objects = new Map<string, Buffer>();
  readonly ran: { readonly key: string; readonly again: boolean }[] = [];
  readonly reports = new Map<string, string>();
  exists = true;
  outcome: (task: BatchTask, job: BatchJob) => TaskOutcome | Promise<TaskOutcome> = () => DONE;

  creatorOf() {
    return this.exists ? CREATOR : undefined;
  }

  openObject() {
    const { objects } = this;
    return async function* ({ key }: ManifestObject) {
      const content = objects.get(key);
      if (content === undefined) throw new CosError('NoSuchCopySource');
      for (let at = 0; at < content.length; at += 1_000) yield content.subarray(at, at + 1_000);
    };
  }

  async runTask(_: unknown, job: BatchJob, task: BatchTask, again: boolean) {
    const outcome = await this.outcome(task, job);
    this.ran.push({ key: task.key, again });
    return outcome;
  }

  async putReport(_: unknown, __: string, file: { key: string; body: { readAll(most: number): Promise<Buffer> } }) {
    this.reports.set(file.key, (await file.body.readAll(1e9)).toString());
  }
}

let fixture: Fixture;
let services: Services;
let desk: BatchDesk;
let ports: FakePorts;
let jobs: BatchJobs;
let tokens = 0;

beforeEach(async () => {
  fixture = await openFixture();
  services = fixture.services;
  desk = new BatchDesk(services, 4);
  ports = new FakePorts();
  jobs = new BatchJobs(services, desk, ports);
});

const context = (signal = new AbortController().signal) => ({ signal, progress: () => undefined });

function request(changes: Partial<JobRequest> = {}): JobRequest {
  return {
    token: `token ${tokens++}`,
    confirmationRequired: false,
    description: '',
    roleArn: 'qcs::cam::uin/100000000001:roleName/batch',
    manifest: {
      ...{ bucket: `demo-${APPID}`, key: 'list.csv', versionId: undefined, etag: 'e' },
      ...{ format: 'csv', fields: ['Bucket', 'Key', 'VersionId'] },
    },
    report: { bucket: `demo-${APPID}`, prefix: 'reports', failedOnly: false },
    ...{ operation: 'COSPutObjectCopy', manifestXml: '', operationXml: '', reportXml: '' },
    ...changes,
  };
}

function list(count: number): void {
  const lines = Array.from({ length: count }, (_, at) => `demo-${APPID},k%20${at},\n`);
  ports.objects.set('list.csv', Buffer.from(lines.join('')));
}

const make = (changes: Partial<JobRequest> = {}, priority = 1) => desk.create(CREATOR, request(changes), priority);
const seen = (id: string) => desk.find(APPID, id);

describe('a job', () => {
  it('does the tasks of its manifest once, and reports them', async () => {
    list(150);
    ports.outcome = ({ key }) => (key === 'k 7' ? FAILED : DONE);
    const id = await make();
    await jobs.run(context());
    expect(await seen(id)).toMatchObject({ status: 'Complete', total: 150, succeeded: 149, failed: 1 });
    expect(new Set(ports.ran.map(({ key }) => key)).size).toBe(150);
    expect(ports.ran).toHaveLength(150);
    const results = ports.reports.get(`reports/job-${id}/results.csv`)!.split('\n');
    expect(results).toHaveLength(151);
    expect(results[0]).toBe(`demo-${APPID},k%200,,succeeded,,200,`);
    expect(results[7]).toBe(`demo-${APPID},k%207,,failed,NoSuchKey,404,"There is, ""as it were"", none."`);
    expect(JSON.parse(ports.reports.get(`reports/job-${id}/manifest.json`)!)).toMatchObject({
      Format: 'Report_CSV_V1',
      Results: [{ Key: `reports/job-${id}/results.csv` }],
    });
    await desk.remove(APPID, id);
    await expect(seen(id)).rejects.toMatchObject({ code: 'NoSuchJob' });
  });

  it('reports what failed alone where that is asked for', async () => {
    list(3);
    ports.outcome = ({ key }) => (key === 'k 1' ? FAILED : DONE);
    const id = await make({ report: { bucket: 'b', prefix: '', failedOnly: true } });
    await jobs.run(context());
    expect(ports.reports.get(`job-${id}/results.csv`)).toMatch(/^demo-1250000000,k%201,,failed,[^\n]*\n$/);
  });

  it('reads inventories', async () => {
    const lines = `"${APPID}","demo","a%2Fb","v1","true","false"\n"${APPID}","demo","gone","v2","true","true"\n`;
    ports.objects.set('data/1.csv.gz', gzipSync(lines));
    const fileSchema = 'Appid, Bucket, Key, VersionId, IsLatest, IsDeleteMarker';
    const inventory = { fileFormat: 'CSV', fileSchema, files: [{ key: 'data/1.csv.gz' }] };
    ports.objects.set('list.csv', Buffer.from(JSON.stringify(inventory)));
    const tasks: BatchTask[] = [];
    ports.outcome = (task) => {
      tasks.push(task);
      return DONE;
    };
    const manifest = { ...request().manifest, format: 'inventory' as const };
    const id = await make({ manifest });
    await jobs.run(context());
    expect(await seen(id)).toMatchObject({ status: 'Complete', total: 1 });
    expect(tasks).toEqual([{ bucket: `demo-${APPID}`, key: 'a/b', versionId: 'v1' }]);
    ports.objects.set('data/1.csv.gz', Buffer.from('not packed'));
    const broken = await make({ manifest });
    await jobs.run(context());
    expect(await seen(broken)).toMatchObject({ status: 'Failed', failure: { code: 'InvalidRequest' } });
  });

  it('waits to be confirmed', async () => {
    list(2);
    const id = await make({ confirmationRequired: true });
    await jobs.run(context());
    expect(await seen(id)).toMatchObject({ status: 'Suspended', total: 2, succeeded: 0 });
    expect(ports.ran).toEqual([]);
    await desk.setStatus(APPID, id, 'Ready', 'go');
    await jobs.run(context());
    expect(await seen(id)).toMatchObject({ status: 'Complete', statusReason: 'go' });
    await expect(desk.setStatus(APPID, id, 'Cancelled', '')).rejects.toMatchObject({ code: 'InvalidRequest' });
    await expect(desk.setPriority(APPID, id, 3)).rejects.toMatchObject({ code: 'InvalidRequest' });
  });

  it('is given up when over half of a thousand tasks fail', async () => {
    list(5_000);
    ports.outcome = () => FAILED;
    const id = await make();
    await jobs.run(context());
    const job = await seen(id);
    expect(job).toMatchObject({ status: 'Failed', failure: { reason: 'More than half of the tasks failed.' } });
    expect(job.failed).toBeGreaterThanOrEqual(1_000);
    expect(job.failed).toBeLessThan(1_100);
    expect(ports.reports.get(`reports/job-${id}/results.csv`)!.split('\n')).toHaveLength(job.failed + 1);
  });

  it('fails with a manifest that is not there, or without the one who made it', async () => {
    const id = await make();
    await jobs.run(context());
    expect(await seen(id)).toMatchObject({ status: 'Failed', failure: { code: 'NoSuchCopySource' } });
    list(1);
    const other = await make();
    ports.exists = false;
    await jobs.run(context());
    expect(await seen(other)).toMatchObject({ status: 'Failed', failure: { code: 'AccessDenied' } });
    expect(ports.ran).toEqual([]);
  });
});

describe('jobs', () => {
  it('go by priority, also while one is at work', async () => {
    list(200);
    const low = await make({ description: 'low' }, 1);
    let high = '';
    const order: string[] = [];
    ports.outcome = async (_, job) => {
      if (order.at(-1) !== job.request.description) order.push(job.request.description);
      if (high === '') {
        high = 'making';
        high = await make({ description: 'high' }, 9);
      }
      return DONE;
    };
    await jobs.run(context());
    expect(order).toEqual(['low', 'high', 'low']);
    expect(ports.ran).toHaveLength(400);
    expect(ports.ran.filter(({ again }) => again)).toEqual([]);
    expect((await seen(low)).succeeded).toBe(200);
  });

  it('stop where they are cancelled, and tell what was done', async () => {
    list(500);
    const id = await make();
    ports.outcome = async ({ key }) => {
      if (key === 'k 100') await desk.setStatus(APPID, id, 'Cancelled', 'enough');
      return DONE;
    };
    await jobs.run(context());
    expect(await seen(id)).toMatchObject({ status: 'Cancelled', succeeded: 128, statusReason: 'enough' });
    expect(ports.ran).toHaveLength(128);
    expect(ports.reports.get(`reports/job-${id}/results.csv`)!.split('\n')).toHaveLength(129);
  });

  it('go on after a restart where they were', async () => {
    list(300);
    const id = await make();
    const controller = new AbortController();
    ports.outcome = ({ key }) => {
      if (key === 'k 150') controller.abort();
      return DONE;
    };
    await jobs.run(context(controller.signal));
    const before = await seen(id);
    expect(before.status).toBe('Active');
    expect(before.succeeded).toBeGreaterThanOrEqual(128);
    const done = ports.ran.length;
    const next = new BatchJobs(services, new BatchDesk(services), ports);
    await next.run(context());
    expect(await seen(id)).toMatchObject({ status: 'Complete', succeeded: 300, failed: 0 });
    expect(new Set(ports.ran.map(({ key }) => key)).size).toBe(300);
    expect(ports.ran.length).toBeLessThanOrEqual(300 + 64);
    expect(ports.ran.slice(done, done + 1)).toEqual([expect.objectContaining({ again: true })]);
    expect(ports.reports.get(`reports/job-${id}/results.csv`)!.split('\n')).toHaveLength(301);
  });

  it('have a token each, are listed in order, and are bounded', async () => {
    const ids = [await make({ token: 'once' }), await make(), await make()];
    await expect(make({ token: 'once' })).rejects.toMatchObject({ code: 'InvalidRequest' });
    await make();
    await expect(make()).rejects.toMatchObject({ code: 'TooManyJobs' });
    const page = await desk.list(APPID, 2, undefined, undefined);
    expect(page).toMatchObject({ jobs: [{ id: ids[0] }, { id: ids[1] }], next: ids[1] });
    expect((await desk.list(APPID, 9, page.next, undefined)).jobs).toHaveLength(2);
    expect((await desk.list(APPID, 9, undefined, new Set(['Active']))).jobs).toEqual([]);
    await expect(desk.list(APPID, 9, 'x', undefined)).rejects.toMatchObject({ code: 'InvalidArgument' });
    await expect(desk.remove(APPID, ids[0]!)).rejects.toMatchObject({ code: 'InvalidRequest' });
    await expect(desk.find('1250000001', ids[0]!)).rejects.toMatchObject({ code: 'NoSuchJob' });
  });
});

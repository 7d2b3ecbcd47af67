import { beforeEach, describe, expect, it } from 'vitest';
import { bodyOf, FIXTURE_BUCKET, type Fixture, openFixture, PLAIN } from '../../model/fixture.ts';
import { ingest } from '../../model/ingest.ts';
import { restoreObject } from '../../model/restore.ts';
import { createServices, type Services } from '../../model/services.ts';
import { deleteObject, publishObject, singleBody } from '../../model/write-object.ts';
import { type OutboundAnswer, OutboundError, type OutboundPost } from '../../platform/outbound/post.ts';
import { signatureOf } from './deliver.ts';
import { NotificationDesk } from './desk.ts';
import { NotificationJob, pauseMs } from './job.ts';
import { listRules, putRule, removeRule } from './manage.ts';
import { noteEvents } from './watch.ts';

const SECRET = 'a shared secret';
const RULE = {
  id: 'images',
  events: ['cos:ObjectCreated:*', 'cos:ObjectRemove:*'],
  prefix: 'in/',
  suffix: '',
  url: 'http://hooks.example.com/x',
  secret: SECRET,
};

/** A receiver that remembers what it got. */
class Receiver {
  readonly got: { readonly name: string; readonly key: string; readonly reqid: number }[] = [];
  readonly wanted: OutboundPost[] = [];
  /** How each delivery is answered. */
  answer: (key: string) => number | 'gone' = () => 200;

  readonly post = async (wanted: OutboundPost): Promise<OutboundAnswer> => {
    const { Records } = JSON.parse(wanted.body.toString());
    const { cos, event } = Records[0];
    const key = cos.cosObject.key.replace('/1250000000/demo/', '');
    this.wanted.push(wanted);
    const status = this.answer(key);
    if (status === 'gone') throw new OutboundError('unreachable');
    if (status < 300) this.got.push({ name: event.eventName, key, reqid: event.reqid });
    return { status, contentType: undefined, body: Buffer.alloc(0) };
  };
}

const CONTEXT = { signal: new AbortController().signal, progress: () => undefined };

let fixture: Fixture;
let services: Services;
let receiver: Receiver;
let job: NotificationJob;

function open(before?: Services): void {
  services = createServices({
    ...(before ?? fixture.services),
    changeWatchers: new Map([['notification', noteEvents]]),
    notifications: new NotificationDesk(fixture.services.notifications.sealer),
  });
  job = new NotificationJob(services, receiver.post);
}

beforeEach(async () => {
  fixture = await openFixture();
  receiver = new Receiver();
  open();
  await putRule(services, FIXTURE_BUCKET, RULE);
});

async function put(key: string, content = 'content'): Promise<void> {
  const ingested = await ingest(services, bodyOf(content), 1_000);
  await publishObject(services, await fixture.bucket(), key, singleBody(ingested, PLAIN));
}

const names = () => receiver.got.map(({ name, key }) => `${name.split(':').at(-1)} ${key}`);

describe('deliveries', () => {
  it('tell of what the rule is about, in the form of COS, signed', async () => {
    await put('in/a b.jpg');
    await put('out/a.jpg');
    await deleteObject(services, await fixture.bucket(), 'in/a b.jpg', undefined);
    await job.run(CONTEXT);
    expect(names()).toEqual(['Put in/a b.jpg', 'Delete in/a b.jpg']);
    const [first] = receiver.wanted;
    const body = first!.body.toString();
    expect(JSON.parse(body)).toEqual({
      Records: [
        {
          cos: {
            cosSchemaVersion: '1.0',
            cosObject: {
              url: 'http://demo-1250000000.cos.ap-guangzhou.myqcloud.com/in/a%20b.jpg',
              meta: { 'Content-Type': 'text/plain' },
              vid: '',
              key: '/1250000000/demo/in/a b.jpg',
              size: 7,
            },
            cosBucket: { region: 'ap-guangzhou', name: 'demo', appid: '1250000000' },
            cosNotificationId: 'images',
          },
          event: {
            eventName: 'cos:ObjectCreated:Put',
            eventVersion: '1.0',
            eventTime: Math.floor(fixture.clock.nowMs() / 1_000),
            eventSource: 'qcs::cos',
            requestParameters: { requestSourceIP: '', requestHeaders: {} },
            eventQueue: 'qcs:0:cosette:ap-guangzhou:appid/1250000000:images',
            reservedInfo: '',
            reqid: receiver.got[0]!.reqid,
          },
        },
      ],
    });
    const seconds = Math.floor(fixture.clock.nowMs() / 1_000);
    expect(first!.headers).toEqual([
      ...['X-Cosette-Event-Id', String(receiver.got[0]!.reqid)],
      ...['X-Cosette-Signature', signatureOf(Buffer.from(SECRET), seconds, body)],
    ]);
    expect(first!.mayConnect('127.0.0.1')).toBe(false);
    expect(first!.mayConnect('8.8.8.8')).toBe(true);
    await job.run(CONTEXT);
    expect(receiver.got).toHaveLength(2);
  });

  it('keep the order of a key and do not hold others up', async () => {
    receiver.answer = (key) => (key === 'in/a' ? 500 : 200);
    await put('in/a');
    await put('in/b');
    await deleteObject(services, await fixture.bucket(), 'in/a', undefined);
    await job.run(CONTEXT);
    expect(names()).toEqual(['Put in/b']);
    expect(receiver.wanted).toHaveLength(2);
    receiver.answer = () => 200;
    await job.run(CONTEXT);
    expect(names()).toEqual(['Put in/b']);
    fixture.clock.advance(2_000);
    await job.run(CONTEXT);
    expect(names()).toEqual(['Put in/b', 'Put in/a', 'Delete in/a']);
  });

  it('pause longer each time, also in a new process, and are given up after a day', async () => {
    receiver.answer = () => 'gone';
    await put('in/a');
    await job.run(CONTEXT);
    expect(services.notifications.nextMs).toBe(fixture.clock.nowMs() + pauseMs(1, 0.5));
    fixture.clock.advance(pauseMs(1, 0.5));
    await job.run(CONTEXT);
    open(services);
    await job.run(CONTEXT);
    expect(receiver.wanted).toHaveLength(2);
    expect(services.notifications.nextMs).toBe(fixture.clock.nowMs() + pauseMs(2, 0.5));
    fixture.clock.advance(25 * 3_600_000);
    await job.run(CONTEXT);
    expect(receiver.wanted).toHaveLength(2);
    expect((await listRules(services, FIXTURE_BUCKET))[0]!.report).toMatchObject({ lost: 1 });
    receiver.answer = () => 200;
    await job.run(CONTEXT);
    expect(names()).toEqual([]);
  });

  it('wait for a receiver that is gone without asking it for each event', async () => {
    receiver.answer = () => 'gone';
    for (let at = 0; at < 40; at++) await put(`in/${at}`);
    await job.run(CONTEXT);
    expect(receiver.wanted.length).toBeLessThanOrEqual(16);
    expect(services.notifications.waiting).toBe(40);
    receiver.answer = () => 200;
    fixture.clock.advance(10_000);
    await job.run(CONTEXT);
    expect(new Set(names()).size).toBe(40);
    expect(services.notifications.waiting).toBe(0);
  });

  it('tell of the end of a restore when its time has come', async () => {
    await putRule(services, FIXTURE_BUCKET, { ...RULE, events: ['cos:ObjectRestore:*', 'cos:ObjectRemove:*'] });
    const ingested = await ingest(services, bodyOf('cold'), 1_000);
    const cold = singleBody(ingested, { ...PLAIN, storageClass: 'ARCHIVE' });
    await publishObject(services, await fixture.bucket(), 'in/cold', cold);
    const gone = singleBody(await ingest(services, bodyOf('gone'), 1_000), cold.attributes);
    await publishObject(services, await fixture.bucket(), 'in/gone', gone);
    const { attributes } = await restoreObject(
      ...([services, await fixture.bucket(), 'in/cold', undefined, 1, 'standard'] as const),
    );
    await restoreObject(services, await fixture.bucket(), 'in/gone', undefined, 1, 'standard');
    await job.run(CONTEXT);
    expect(names()).toEqual(['Post in/cold', 'Post in/gone']);
    await deleteObject(services, await fixture.bucket(), 'in/gone', undefined);
    await job.run(CONTEXT);
    expect(names()).toEqual(['Post in/cold', 'Post in/gone', 'Delete in/gone']);
    fixture.clock.advance(attributes.extra!.restore!.readyMs - fixture.clock.nowMs());
    await job.run(CONTEXT);
    expect(names().slice(3)).toEqual(['Completed in/cold']);
    expect(services.notifications.waiting).toBe(0);
  });

  it('wait where the secret of their rule cannot be opened', async () => {
    await put('in/a');
    const other = { ...services, notifications: new NotificationDesk() };
    await new NotificationJob(other, receiver.post).run(CONTEXT);
    expect(receiver.wanted).toEqual([]);
    expect((await listRules(other, FIXTURE_BUCKET))[0]!.report.lastError).toContain('set the rule anew');
    await job.run(CONTEXT);
    expect(names()).toEqual(['Put in/a']);
  });

  it('end with their rule', async () => {
    receiver.answer = () => 'gone';
    await put('in/a');
    expect(await removeRule(services, FIXTURE_BUCKET, 'images')).toBe(true);
    expect(await removeRule(services, FIXTURE_BUCKET, 'images')).toBe(false);
    receiver.answer = () => 200;
    await job.run(CONTEXT);
    await putRule(services, FIXTURE_BUCKET, RULE);
    await job.run(CONTEXT);
    expect(receiver.wanted).toEqual([]);
  });
});

describe('rules of a bucket', () => {
  it('may not overlap, nor be more than ten', async () => {
    const more = { ...RULE, id: 'more', prefix: 'in/a' };
    await expect(putRule(services, FIXTURE_BUCKET, more)).rejects.toMatchObject({ code: 'NotifyRulePrefixConflict' });
    for (let at = 1; at < 10; at++)
      await putRule(services, FIXTURE_BUCKET, { ...more, id: `r${at}`, prefix: `${at}/` });
    const eleventh = { ...more, prefix: 'x/' };
    await expect(putRule(services, FIXTURE_BUCKET, eleventh)).rejects.toMatchObject({ code: 'InvalidArgument' });
    await putRule(services, FIXTURE_BUCKET, { ...RULE, prefix: 'other/' });
    expect(await listRules(services, FIXTURE_BUCKET)).toHaveLength(10);
  });

  it('keep their secret sealed', async () => {
    const [rule] = await listRules(services, FIXTURE_BUCKET);
    expect(rule!.sealedSecret.includes(SECRET)).toBe(false);
    await expect(putRule(services, FIXTURE_BUCKET, { ...RULE, secret: 'short' })).rejects.toMatchObject({
      code: 'InvalidArgument',
    });
  });
});

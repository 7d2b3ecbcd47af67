import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { messagesOf, NOW_MS, readMessages, recordsOf, request, select, sourceOf } from './fixture.ts';
import { planSelect } from './plan.ts';
import { runSelect } from './run.ts';

const types = (messages: Awaited<ReturnType<typeof messagesOf>>) =>
  messages.map(({ headers }) => headers[':event-type'] ?? headers[':message-type']);

describe('runSelect', () => {
  it('answers Records, Stats, End', async () => {
    const messages = await messagesOf('SELECT _1 FROM COSObject', 'a,b\nc,d\n');
    expect(types(messages)).toEqual(['Records', 'Stats', 'End']);
    expect(messages[1]!.payload.toString()).toBe(
      '<?xml version="1.0" encoding="UTF-8"?><Stats><BytesScanned>8</BytesScanned>' +
        '<BytesProcessed>8</BytesProcessed><BytesReturned>4</BytesReturned></Stats>',
    );
  });

  it('counts compressed and decompressed bytes', async () => {
    const rows = 'a,b\n'.repeat(1000);
    const object = gzipSync(rows);
    const messages = await messagesOf('SELECT COUNT(*) FROM COSObject', object, {
      compression: 'gzip',
      progress: true,
    });
    expect(types(messages)).toEqual(['Records', 'Progress', 'Stats', 'End']);
    expect(messages[1]!.payload.toString()).toContain(
      `<BytesScanned>${object.length}</BytesScanned><BytesProcessed>${rows.length}</BytesProcessed>`,
    );
  });

  it('reads gzip members in a row as one text', async () => {
    const object = Buffer.concat([gzipSync('a\nb'), gzipSync('c\nd\n')]);
    expect(await select('SELECT * FROM COSObject', object, { compression: 'gzip', chunks: [7] })).toBe('a\nbc\nd\n');
  });

  it('splits what it sends into messages of bounded size', async () => {
    const object = `${'x'.repeat(1_000_000)}\n`;
    const messages = await messagesOf('SELECT * FROM COSObject', object);
    expect(Math.max(...messages.map(({ payload }) => payload.length))).toBeLessThanOrEqual(128 * 1024);
    expect(Buffer.concat(recordsOf(messages)).toString()).toBe(object);
  });

  it('stops reading at the limit', async () => {
    const messages = await messagesOf('SELECT _1 FROM COSObject LIMIT 1', 'a,b\n'.repeat(100_000));
    expect(messages.at(-2)!.payload.toString()).toContain('<BytesScanned>65536</BytesScanned>');
  });

  it.each([
    [false, 'Cont'],
    [true, 'Progress'],
  ])('gives a sign of life while no row matches (progress %s)', async (progress, sign) => {
    let now = 0;
    const plan = planSelect(request("SELECT * FROM COSObject WHERE _1 = 'no'", { progress }), NOW_MS);
    const parts: Buffer[] = [];
    const silences: number[] = [];
    let last = 0;
    for await (const part of runSelect(plan, sourceOf('a\n'.repeat(50)), () => (now += 100))) {
      silences.push(now - last);
      last = now;
      parts.push(part);
    }
    const seen = types(readMessages(Buffer.concat(parts)));
    expect(seen.filter((type) => type === sign).length).toBeGreaterThan(3);
    expect(seen.at(-1)).toBe('End');
    expect(Math.max(...silences)).toBeLessThan(1000);
  });

  it('sends the rows that wait instead, once there are any', async () => {
    let now = 0;
    const plan = planSelect(request('SELECT * FROM COSObject'), NOW_MS);
    const parts: Buffer[] = [];
    for await (const part of runSelect(plan, sourceOf('a\n'.repeat(20)), () => (now += 100))) parts.push(part);
    const messages = readMessages(Buffer.concat(parts));
    expect(types(messages)).not.toContain('Cont');
    expect(recordsOf(messages).length).toBeGreaterThan(2);
  });

  it('lets other work of the process in', async () => {
    let turns = 0;
    let running = true;
    const count = () => {
      turns += 1;
      if (running) setImmediate(count);
    };
    setImmediate(count);
    let now = 0;
    const plan = planSelect(request('SELECT COUNT(*) FROM COSObject'), NOW_MS);
    for await (const _ of runSelect(plan, sourceOf('a\n'.repeat(200)), () => (now += 1)));
    running = false;
    expect(turns).toBeGreaterThan(10);
  });

  it('tells of faults that are no errors of the request', async () => {
    const faults: unknown[] = [];
    const broken = new Error('the disk is gone');
    const chunks = async function* () {
      yield Buffer.from('a\n');
      throw broken;
    };
    const parts: Buffer[] = [];
    for (const compression of ['none', 'gzip', 'bzip2'] as const) {
      const plan = planSelect(request('SELECT * FROM COSObject', { compression }), NOW_MS);
      const source = compression === 'none' ? { size: 9, chunks } : { size: 9, chunks: failing(broken) };
      for await (const part of runSelect(
        plan,
        source,
        () => 0,
        (fault) => faults.push(fault),
      ))
        parts.push(part);
    }
    const codes = readMessages(Buffer.concat(parts)).map(({ headers }) => headers[':error-code']);
    expect(codes).toEqual(['InternalError', 'InternalError', 'InternalError']);
    expect(faults).toEqual([broken, broken, broken]);
  });
});

function failing(error: Error) {
  return async function* (): AsyncGenerator<Buffer> {
    yield Buffer.from([0x1f, 0x8b].slice(0, 0));
    throw error;
  };
}

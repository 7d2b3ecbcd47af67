import { describe, expect, it } from 'vitest';
import { type Client, sleep, start } from '../../test/support/wire-fixture.ts';
import { CosError } from '../errors/cos-error.ts';
import { type PacerTiming, pacedChunks, pacedRandomAccess, pacedReplyBody, pacedStream } from './pacer.ts';
import type { BodySource, RandomAccessBody } from './types.ts';

const KIB = 1024;
/** The lowest limit of COS: 100 KiB a second. */
const RATE = 819_200;

/** Time that passes only in sleeps and where a test says so. */
class FakeTime implements PacerTiming {
  nowMs = 5_000;
  /** How much longer than asked a sleep takes, ms. */
  late = 0;
  readonly sleeps: number[] = [];
  readonly monotonicMs = () => this.nowMs;
  readonly sleep = async (ms: number) => {
    this.sleeps.push(ms);
    this.nowMs += ms + this.late;
  };
}

/** @param beforeChunk called before each chunk arrives */
function source(chunks: readonly number[], beforeChunk: () => void = () => undefined): BodySource {
  return {
    length: undefined,
    unannounced: false,
    async readAll() {
      for (const _ of chunks) beforeChunk();
      return Buffer.alloc(chunks.reduce((sum, bytes) => sum + bytes, 0));
    },
    async *chunks(maxBytes) {
      let bytes = 0;
      for (const size of chunks) {
        beforeChunk();
        bytes += size;
        if (bytes > maxBytes) throw new CosError('EntityTooLarge');
        yield Buffer.alloc(size);
      }
    },
  };
}

async function drain(body: BodySource): Promise<number> {
  let bytes = 0;
  for await (const chunk of body.chunks(Number.POSITIVE_INFINITY)) bytes += chunk.length;
  return bytes;
}

function randomAccess(content: Buffer, start = 0): RandomAccessBody & { closed: number } {
  return {
    start,
    length: content.length - start,
    closed: 0,
    read: async (position, target) => content.copy(target, 0, position, position + target.length),
    close() {
      this.closed += 1;
    },
  };
}

describe('pacedChunks', () => {
  it('hands chunks out at the rate', async () => {
    const time = new FakeTime();
    expect(await drain(pacedChunks(source([64 * KIB, 64 * KIB, 72 * KIB]), RATE, time))).toBe(200 * KIB);
    expect(time.nowMs - 5_000).toBeCloseTo(2_000, 6);
    expect(time.sleeps).toHaveLength(3);
  });

  it('makes up for late timers', async () => {
    const time = new FakeTime();
    time.late = 15;
    await drain(pacedChunks(source(Array<number>(200).fill(KIB)), RATE, time));
    // Only the last one's lateness is left.
    expect(time.nowMs - 5_000).toBeLessThan(2_016);
    expect(time.nowMs - 5_000).toBeGreaterThanOrEqual(2_000);
  });

  it('does not slow a slow client down, and allows it no more than a second to catch up on', async () => {
    const time = new FakeTime();
    const slow = source([50 * KIB, 50 * KIB, 50 * KIB], () => {
      time.nowMs += 1_000;
    });
    await drain(pacedChunks(slow, RATE, time));
    expect(time.sleeps).toEqual([]);
    const burst = source([400 * KIB], () => {
      time.nowMs += 60_000;
    });
    await drain(pacedChunks(burst, RATE, time));
    expect(time.sleeps.map(Math.round)).toEqual([3_000]);
  });

  it('paces what is read whole, the time of its arrival counted', async () => {
    const time = new FakeTime();
    const body = pacedChunks(
      source([100 * KIB, 100 * KIB], () => {
        time.nowMs += 400;
      }),
      RATE,
      time,
    );
    expect(await body.readAll(1)).toHaveLength(200 * KIB);
    expect(time.nowMs - 5_000).toBeCloseTo(2_000, 6);
  });

  it('passes errors on', async () => {
    const body = pacedChunks(source([10, 10]), RATE, new FakeTime());
    const read = async () => {
      for await (const _ of body.chunks(15));
    };
    await expect(read()).rejects.toMatchObject({ code: 'EntityTooLarge' });
  });
});

describe('pacedRandomAccess', () => {
  it('asks for blocks of a tenth of a second', async () => {
    const body = randomAccess(Buffer.alloc(10));
    const blockBytes = (rate: number) => pacedRandomAccess(body, rate).blockBytes;
    expect(blockBytes(RATE)).toBe(10 * KIB);
    expect(blockBytes(838_860_800)).toBe(256 * KIB);
    expect(blockBytes(8)).toBe(KIB);
    await expect(pacedRandomAccess(body, 0).read(0, Buffer.alloc(1))).rejects.toThrow(RangeError);
  });

  it('reads at the rate, from where the body begins, and closes it', async () => {
    const time = new FakeTime();
    const content = Buffer.from(Array.from({ length: 210 * KIB }, (_, i) => i % 251));
    const inner = randomAccess(content, 10 * KIB);
    const body = pacedRandomAccess(inner, RATE, time);
    expect([body.start, body.length]).toEqual([10 * KIB, 200 * KIB]);
    const block = Buffer.alloc(body.blockBytes!);
    for (let at = body.start; at < content.length; at += block.length) {
      expect(await body.read(at, block)).toBe(block.length);
      expect(block.equals(content.subarray(at, at + block.length))).toBe(true);
    }
    expect(time.nowMs - 5_000).toBeCloseTo(2_000, 6);
    await body.close();
    expect(inner.closed).toBe(1);
  });

  it('takes every form of a reply', async () => {
    expect(pacedReplyBody(undefined, RATE)).toBeUndefined();
    const body = pacedReplyBody('grün', RATE, new FakeTime()) as RandomAccessBody;
    const target = Buffer.alloc(5);
    expect([body.length, await body.read(0, target), target.toString()]).toEqual([5, 5, 'grün']);
  });
});

describe('over a socket', () => {
  const BYTES = 200 * KIB;
  const WANTED_MS = 2_000;
  const expectPaced = (ms: number) => {
    expect(ms).toBeGreaterThan(WANTED_MS * 0.9);
    // A busy machine adds to what pacing takes; the exact rate is held by the tests on a clock of their own.
    expect(ms).toBeLessThan(WANTED_MS * 1.1 + 1_000);
  };
  const untilBytes = (client: Client, bytes: number) => client.until(({ text }) => text.length >= bytes, 5_000);

  it('an upload takes its time, read whole or in chunks', async () => {
    const { dial } = await start(async ({ rawPath, body }) => {
      const paced = pacedChunks(body, RATE);
      const bytes = rawPath === '/whole' ? (await paced.readAll(BYTES)).length : await drain(paced);
      return { status: 200, headers: [], body: String(bytes) };
    });
    const upload = async (path: string) => {
      const begin = performance.now();
      const client = dial().send(`PUT ${path} HTTP/1.1\r\nHost: h\r\nContent-Length: ${BYTES}\r\n\r\n`);
      client.send('x'.repeat(BYTES));
      await untilBytes(client, 1);
      expect((await client.reply()).body).toBe(String(BYTES));
      return performance.now() - begin;
    };
    for (const ms of await Promise.all([upload('/whole'), upload('/chunks')])) expectPaced(ms);
  });

  it('a download flows steadily, and stall watches stay calm', async () => {
    const content = Buffer.alloc(BYTES, 'y');
    const { dial } = await start(
      ({ rawPath }) => ({
        status: 200,
        headers: [],
        body: pacedReplyBody(rawPath === '/buffer' ? content : randomAccess(content), RATE),
      }),
      { writeTimeoutMs: 400 },
    );
    const download = async (path: string) => {
      const client = dial();
      const arrivals: number[] = [performance.now()];
      client.socket.on('data', () => arrivals.push(performance.now()));
      client.send(`GET ${path} HTTP/1.1\r\nHost: h\r\n\r\n`);
      await untilBytes(client, BYTES);
      const reply = await client.reply();
      expect([reply.status, reply.body.length]).toEqual([200, BYTES]);
      const gaps = arrivals.slice(1).map((at, i) => at - arrivals[i]!);
      return { ms: arrivals.at(-1)! - arrivals[0]!, longestGap: Math.max(...gaps) };
    };
    for (const { ms, longestGap } of await Promise.all([download('/buffer'), download('/blocks')])) {
      expectPaced(ms);
      expect(longestGap).toBeLessThan(1_500);
    }
  });

  it('many slow downloads leave the shared blocks to the others', async () => {
    // They take six seconds: a quick one that had to wait for their blocks would take as long.
    const slow = Buffer.alloc(3 * BYTES);
    const quick = randomAccess(Buffer.alloc(600 * KIB));
    const { dial } = await start(({ rawPath }) => ({
      status: 200,
      headers: [],
      body: rawPath === '/slow' ? pacedReplyBody(slow, RATE) : quick,
    }));
    for (let i = 0; i < 300; i++) dial().send('GET /slow HTTP/1.1\r\nHost: h\r\n\r\n');
    await sleep(150);
    const begin = performance.now();
    const client = dial().send('GET /quick HTTP/1.1\r\nHost: h\r\n\r\n');
    expect((await client.reply()).body).toHaveLength(600 * KIB);
    expect(performance.now() - begin).toBeLessThan(4_000);
  });
});

describe('pacedStream', () => {
  it('hands chunks out at the rate', async () => {
    const time = new FakeTime();
    async function* chunks() {
      for (let sent = 0; sent < 3; sent++) yield Buffer.alloc(100 * KIB);
    }
    let bytes = 0;
    for await (const chunk of pacedStream({ stream: chunks() }, RATE, time).stream) bytes += chunk.length;
    expect(bytes).toBe(300 * KIB);
    expect(time.nowMs - 5_000).toBeCloseTo(3_000, 6);
  });
});

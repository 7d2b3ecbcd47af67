import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CosError } from '../errors/cos-error.ts';
import { ManualClock, systemClock } from '../platform/clock.ts';
import { NodeBody } from './body.ts';
import { ByteBudget } from './byte-budget.ts';
import { StallWatch } from './stall-watch.ts';

function make(
  chunks: Buffer[],
  announced: number | undefined,
  budgetBytes = 1e6,
  ends = true,
  given: { clock?: ManualClock; uploadMs?: number } = {},
) {
  const req = new Readable({ read: () => undefined });
  for (const chunk of chunks) req.push(chunk);
  if (ends) req.push(null);
  let continued = 0;
  const res = { writeContinue: () => continued++ } as unknown as ServerResponse;
  const stalls = new StallWatch(60_000);
  const budget = new ByteBudget(budgetBytes);
  const body = new NodeBody(req as unknown as IncomingMessage, res, announced, false, true, {
    stalls,
    budget,
    clock: given.clock ?? systemClock,
    limits: { uploadMs: given.uploadMs ?? 0 },
  });
  return { body, stalls, budget, continued: () => continued };
}

async function collect(source: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of source) parts.push(part);
  return Buffer.concat(parts);
}

const someChunks = fc.array(
  fc.uint8Array({ minLength: 1, maxLength: 50 }).map((bytes) => Buffer.from(bytes)),
  { minLength: 1, maxLength: 8 },
);

describe('NodeBody', () => {
  it('reads any chunks, whole or in pieces, announced or not', async () => {
    await fc.assert(
      fc.asyncProperty(someChunks, fc.boolean(), fc.boolean(), async (chunks, announced, whole) => {
        const all = Buffer.concat(chunks);
        const { body, stalls, budget, continued } = make(chunks, announced ? all.length : undefined);
        const read = whole ? await body.readAll(all.length) : await collect(body.chunks(all.length));
        expect(read.equals(all)).toBe(true);
        expect(body.consumed).toBe(true);
        expect(continued()).toBe(1);
        expect(stalls.size).toBe(0);
        body.release();
        expect(budget.used).toBe(0);
      }),
    );
  });

  it('refuses one byte more than allowed, announced or counted', async () => {
    await fc.assert(
      fc.asyncProperty(someChunks, fc.boolean(), fc.boolean(), async (chunks, announced, whole) => {
        const size = Buffer.concat(chunks).length;
        const { body, continued } = make(chunks, announced ? size : undefined);
        const tooLarge = new CosError('XMLSizeLimit');
        const read = whole ? body.readAll(size - 1, tooLarge) : collect(body.chunks(size - 1, tooLarge));
        await expect(read).rejects.toBe(tooLarge);
        expect(continued()).toBe(announced ? 0 : 1);
      }),
    );
  });

  it('never returns a body of which a chunk was refused', async () => {
    const { body, budget } = make([Buffer.from('abc'), Buffer.from('def')], 6, 5);
    await expect(body.readAll(10)).rejects.toMatchObject({ code: 'SlowDown' });
    body.release();
    expect(budget.used).toBe(0);
  });

  it('fails reads that run and reads that follow with the same error', async () => {
    const { body } = make([Buffer.from('abc')], 10);
    const error = new CosError('IncompleteBody');
    const running = body.readAll(10);
    body.fail(error);
    await expect(running).rejects.toBe(error);
    const later = make([Buffer.from('abc')], 10).body;
    later.fail(error);
    await expect(collect(later.chunks(10))).rejects.toBe(error);
    expect(later.failed).toBe(true);
  });

  it('does not take an early end for the whole', async () => {
    await expect(make([Buffer.from('abc')], 4).body.readAll(10)).rejects.toMatchObject({ code: 'IncompleteBody' });
    await expect(collect(make([Buffer.from('abc')], 4).body.chunks(10))).rejects.toMatchObject({
      code: 'IncompleteBody',
    });
  });

  it('refuses a body that took too long, once it has ended', async () => {
    for (const whole of [true, false]) {
      for (const [ms, late] of [
        [200, false],
        [201, true],
      ] as const) {
        const clock = new ManualClock(0);
        const { body } = make([Buffer.from('abc')], 3, 1e6, true, { clock, uploadMs: 200 });
        const read = whole ? body.readAll(3) : collect(body.chunks(3));
        clock.advance(ms);
        if (late) await expect(read).rejects.toMatchObject({ code: 'UserNetworkTooSlow' });
        else expect((await read).toString()).toBe('abc');
        expect(body.consumed).toBe(true);
      }
    }
  });

  it('can be read once only', async () => {
    const { body } = make([Buffer.from('abc')], 3);
    await body.readAll(3);
    await expect(body.readAll(3)).rejects.toThrow('only once');
  });

  it('drops what comes after the reader has left', async () => {
    const { body, stalls } = make([Buffer.from('abc'), Buffer.from('def')], 60, 1e6, false);
    for await (const chunk of body.chunks(60)) {
      expect(chunk.toString()).toBe('abc');
      break;
    }
    expect(stalls.size).toBe(0);
    expect(body.consumed).toBe(false);
  });

  it('lets a client that waits with an empty body go on at once', async () => {
    const { body, continued } = make([], 0);
    expect(body.awaitsContinue).toBe(false);
    expect((await body.readAll(0)).length).toBe(0);
    expect((await collect(body.chunks(0))).length).toBe(0);
    expect(continued()).toBe(1);
  });
});

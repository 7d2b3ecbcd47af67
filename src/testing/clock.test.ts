import { describe, expect, it } from 'vitest';
import { JobBoard } from '../features/jobs/board.ts';
import { TestClock } from '../platform/test-clock.ts';
import { runDue } from './clock.ts';

function boardWith(
  clock: TestClock,
  ...jobs: { name: string; due: () => number | undefined; run: () => Promise<void> }[]
) {
  const board = new JobBoard(clock, () => undefined);
  for (const job of jobs) board.add({ description: '', ...job });
  return board;
}

describe('runDue', () => {
  it('runs what is due, and what that makes due, and leaves the rest', async () => {
    const clock = new TestClock();
    const order: string[] = [];
    let secondMs: number | undefined;
    const board = boardWith(
      clock,
      {
        name: 'first',
        due: () => (order.includes('first') ? undefined : 0),
        async run() {
          await new Promise((resolve) => setTimeout(resolve, 20));
          order.push('first');
          secondMs = clock.nowMs();
        },
      },
      {
        name: 'second',
        due: () => secondMs,
        async run() {
          order.push('second');
          secondMs = undefined;
        },
      },
      { name: 'later', due: () => clock.nowMs() + 60_000, run: async () => void order.push('later') },
    );
    expect(await runDue(board, clock)).toEqual([
      { name: 'first', runs: 1 },
      { name: 'second', runs: 1 },
    ]);
    expect(order).toEqual(['first', 'second']);
  });

  it('tells what a job failed with', async () => {
    const clock = new TestClock();
    const board = boardWith(clock, { name: 'broken', due: () => 0, run: () => Promise.reject(new Error('no way')) });
    expect(await runDue(board, clock)).toEqual([{ name: 'broken', runs: 1, error: 'no way' }]);
  });

  it('gives up on a job without an end', async () => {
    const clock = new TestClock();
    const board = boardWith(clock, { name: 'endless', due: () => 0, run: async () => undefined });
    await expect(runDue(board, clock, 50)).rejects.toThrow('still at work after 50 ms: endless');
  });
});

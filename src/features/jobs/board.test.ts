import { expect, it, vi } from 'vitest';
import { ManualClock } from '../../platform/clock.ts';
import { JobBoard } from './board.ts';
import type { Job, JobContext } from './types.ts';

const clock = () => new ManualClock(1_000_000);
const job = (more: Partial<Job>): Job => ({
  name: 'sweep',
  description: 'sweeps',
  due: () => undefined,
  run: async () => undefined,
  ...more,
});
const settled = () => new Promise((resolve) => setImmediate(resolve));

it('runs what is due, once at a time', async () => {
  const time = clock();
  const board = new JobBoard(time, () => undefined);
  let release = (): void => undefined;
  const run = vi.fn(() => new Promise<void>((resolve) => (release = resolve)));
  board.add(job({ due: () => 1_000_500, run }));
  board.tick();
  expect(run).not.toHaveBeenCalled();
  time.advance(500);
  board.tick();
  board.tick();
  expect(run).toHaveBeenCalledTimes(1);
  expect(board.states()[0]).toMatchObject({ running: true, runs: 0, nextMs: 1_000_500 });
  release();
  await settled();
  expect(board.states()[0]).toMatchObject({ running: false, runs: 1, failures: 0 });
});

it('shows progress and the last error, and pauses longer after each failure', async () => {
  const time = clock();
  const errors: unknown[] = [];
  const board = new JobBoard(time, (error) => errors.push(error));
  let fail = true;
  const run = vi.fn(async ({ progress }: JobContext) => {
    progress(3, 10, 'at c');
    if (fail) throw new Error('disk');
  });
  board.add(job({ due: () => 0, run }));
  board.tick();
  await settled();
  expect(board.states()[0]).toMatchObject({ done: 3, total: 10, note: 'at c', lastError: 'disk', failures: 1 });
  board.tick();
  expect(run).toHaveBeenCalledTimes(1);
  time.advance(1_000);
  board.tick();
  await settled();
  expect(board.states()[0]).toMatchObject({ failures: 2, nextMs: 1_003_000 });
  fail = false;
  time.advance(2_000);
  board.tick();
  await settled();
  expect(board.states()[0]).toMatchObject({ failures: 0, lastError: undefined, runs: 3 });
  expect(errors).toHaveLength(2);
});

it('runs on demand, and once more for what was asked meanwhile', async () => {
  const board = new JobBoard(clock(), () => undefined);
  const run = vi.fn(async () => undefined);
  board.add(job({ run }));
  board.runNow('sweep');
  board.runNow('sweep');
  await settled();
  board.tick();
  await settled();
  board.tick();
  expect(run).toHaveBeenCalledTimes(2);
  expect(board.runNow('other')).toBeUndefined();
});

it('asks what runs to stop, and waits for it', async () => {
  const board = new JobBoard(clock(), () => undefined);
  let stopped = false;
  board.add(
    job({
      run: ({ signal }) =>
        new Promise((resolve) =>
          signal.addEventListener('abort', () => {
            stopped = true;
            resolve();
          }),
        ),
    }),
  );
  board.runNow('sweep');
  await board.stop();
  expect(stopped).toBe(true);
  board.tick();
  expect(board.runNow('sweep')).toBeUndefined();
});

it('goes on after the clock was set back', async () => {
  const time = clock();
  const board = new JobBoard(time, () => undefined);
  let fail = true;
  const run = vi.fn(async () => {
    if (fail) throw new Error('disk');
  });
  board.add(job({ due: (nowMs) => nowMs, run }));
  for (const failing of [true, false]) {
    fail = failing;
    time.advance(86_400_000);
    board.tick();
    await settled();
    const before = run.mock.calls.length;
    time.advance(-86_400_000);
    board.tick();
    await settled();
    expect(run.mock.calls.length).toBe(before + 1);
  }
});

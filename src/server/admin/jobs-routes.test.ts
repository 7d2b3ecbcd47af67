import { describe, expect, it } from 'vitest';
import { JobBoard } from '../../features/jobs/board.ts';
import { ManualClock } from '../../platform/clock.ts';
import { adminFixture } from './fixture.ts';
import { jobsRoutes } from './jobs-routes.ts';

const NOW_MS = Date.UTC(2026, 0, 2);

async function fixture() {
  const board = new JobBoard(new ManualClock(NOW_MS), () => undefined);
  const ran: string[] = [];
  board.add({
    name: 'sweep',
    description: 'Sweeps.',
    due: () => NOW_MS + 1_000,
    async run({ progress }) {
      ran.push('sweep');
      progress(3, 4, 'the corner');
    },
  });
  board.add({
    name: 'broken',
    description: 'Fails.',
    due: () => undefined,
    run: () => Promise.reject(new Error('no broom')),
  });
  const routes = jobsRoutes(board);
  const named = (path: string) => routes.find((route) => route.path === path)!;
  expect(routes.every(({ who }) => who === 'operator')).toBe(true);
  return { board, ran, named };
}

describe('the jobs', () => {
  it('are listed with what they do and when', async () => {
    const { board, named } = await fixture();
    await board.runNow('broken');
    expect(named('jobs').run({} as never)).toEqual({
      jobs: [
        {
          name: 'sweep',
          description: 'Sweeps.',
          running: false,
          done: 0,
          next: '2026-01-02T00:00:01.000Z',
          runs: 0,
          failures: 0,
        },
        expect.objectContaining({ name: 'broken', runs: 1, failures: 1, lastError: 'no broom' }),
      ],
    });
  });

  it('run when somebody asks', async () => {
    const { board, ran, named } = await fixture();
    const request = { params: { job: 'sweep' }, body: { only: () => undefined } } as never;
    expect(named('jobs/:job/run').run(request)).toMatchObject({ name: 'sweep', running: true });
    await board.runNow('sweep');
    expect(ran[0]).toBe('sweep');
    expect(named('jobs/:job').run(request)).toMatchObject({ done: 3, total: 4, note: 'the corner' });
    await board.stop();
    expect(() => named('jobs/:job/run').run(request)).toThrow(expect.objectContaining({ status: 503 }));
  });

  it('are asked for by name', async () => {
    const { send } = await adminFixture();
    expect(await send({ method: 'GET', path: 'jobs' })).toMatchObject({ status: 200, json: { jobs: [] } });
    expect((await send({ method: 'POST', path: 'jobs/none/run' })).status).toBe(404);
  });
});

import { expect, it } from 'vitest';
import { Pool } from './pool.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

it('runs so many at once and no more, and waits for all', async () => {
  const pool = new Pool(3);
  let running = 0;
  let most = 0;
  let done = 0;
  for (let at = 0; at < 20; at++) {
    await pool.add(async () => {
      running += 1;
      most = Math.max(most, running);
      for (let i = at % 4; i >= 0; i--) await turn();
      running -= 1;
      done += 1;
    });
  }
  await pool.drain();
  expect([most, running, done]).toEqual([3, 0, 20]);
});

it('tells of the first failure, after all have ended', async () => {
  const pool = new Pool(2);
  let ended = false;
  await pool.add(async () => {
    await turn();
    ended = true;
  });
  await pool.add(async () => {
    throw new Error('disk');
  });
  await expect(pool.drain()).rejects.toThrow('disk');
  expect(ended).toBe(true);
  await expect(pool.add(async () => undefined)).rejects.toThrow('disk');
});

/** A part of `npm run test:fuzz`, always the same one. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { fuzz } from './fuzz/run.ts';
import { openWorld, type World } from './fuzz/world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

it('accepts no mutated signature, breaks on none, and answers each at once', async () => {
  const figures = await fuzz(world, { seed: 20_261_126, cases: 3_000, overSocket: 200 });
  expect(figures.violations).toEqual([]);
  expect(figures.cases).toBe(3_000);
  expect(figures.overSocket).toBe(200);
  expect(figures.byForm.size).toBe(13);
  // Where nearly all are refused for one reason, the mutations do not reach what they should.
  for (const code of ['SignatureDoesNotMatch', 'AccessDenied', 'InvalidAccessKeyId']) {
    expect(figures.byCode.get(code)).toBeGreaterThan(100);
  }
});

/** A small run of `test/fuzz/s3.ts`. */
import { expect, it } from 'vitest';
import { fuzzS3 } from '../../../test/fuzz/s3-run.ts';

it('accepts no mutated head or body that says something else', async () => {
  const { violations, heads, bodies, byForm } = await fuzzS3(20_260_101, 3_000, 2_000);
  expect(violations).toEqual([]);
  expect([heads, bodies]).toEqual([3_000, 2_000]);
  expect(byForm.size).toBe(14);
});

import { expect, it } from 'vitest';
import { Slots } from './slots.ts';

it('gives so many, and one again for each that comes back', () => {
  const slots = new Slots(2);
  const first = slots.take();
  const second = slots.take();
  expect(slots.take()).toBeUndefined();
  first?.();
  first?.();
  expect(slots.take()).toBeDefined();
  expect(slots.take()).toBeUndefined();
  second?.();
  expect(slots.take()).toBeDefined();
});

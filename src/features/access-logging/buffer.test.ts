import { expect, it } from 'vitest';
import { EVERY_MS, LogBuffer } from './buffer.ts';

const RULE = { targetBucket: 'logs-1250000000', targetPrefix: 'a/' };
const NOW = 10 * EVERY_MS + 1_000;

it('is due at the next five minutes, or at once where there is much', () => {
  const buffer = new LogBuffer(10, 100);
  expect(buffer.due(NOW)).toBeUndefined();
  buffer.add('s', RULE, '12345', NOW);
  expect(buffer.due(NOW)).toBe(11 * EVERY_MS);
  buffer.add('s', RULE, '12345', NOW);
  expect(buffer.due(NOW)).toBe(NOW);
});

it('does not wait for a time that the clock came back from', () => {
  const buffer = new LogBuffer();
  buffer.add('s', RULE, 'x', NOW + 100 * EVERY_MS);
  expect(buffer.due(NOW)).toBe(11 * EVERY_MS);
});

it('keeps what goes to different places, or comes from different buckets, apart', () => {
  const buffer = new LogBuffer();
  buffer.add('s', RULE, '1', NOW);
  buffer.add('t', RULE, '2', NOW);
  buffer.add('s', { ...RULE, targetPrefix: undefined }, '3', NOW);
  buffer.add('s', RULE, '4', NOW);
  expect(buffer.take().map(({ lines }) => lines)).toEqual([['1', '4'], ['2'], ['3']]);
  expect(buffer.take()).toEqual([]);
});

it('holds no more than its bound, with what is being written, and counts what is lost', () => {
  const buffer = new LogBuffer(1, 10);
  buffer.add('s', RULE, '12345', NOW);
  const [batch] = buffer.take();
  buffer.add('s', RULE, '12345', NOW);
  buffer.add('s', RULE, '6', NOW);
  expect(buffer.lost).toBe(1);
  buffer.settle(batch!, 'written');
  buffer.add('s', RULE, '7', NOW);
  expect(buffer.take()[0]).toMatchObject({ lines: ['12345', '7'], bytes: 6 });
  expect(buffer.lost).toBe(1);
});

it('has what could not be written in front again', () => {
  const buffer = new LogBuffer(1, 10);
  buffer.add('s', RULE, 'old', NOW);
  const [batch] = buffer.take();
  buffer.add('s', RULE, 'new', NOW);
  buffer.giveBack(batch!, NOW);
  const [again] = buffer.take();
  expect(again!.lines).toEqual(['old', 'new']);
  buffer.settle(again!, 'lost');
  expect(buffer.lost).toBe(2);
  buffer.add('s', RULE, '1234567890', NOW);
  expect(buffer.lost).toBe(2);
});

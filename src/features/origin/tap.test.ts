import { expect, it } from 'vitest';
import { Tap } from './tap.ts';

const chunk = (text: string) => Buffer.from(text);
const settled = async (work: Promise<unknown>): Promise<boolean> => {
  let done = false;
  work.then(
    () => {
      done = true;
    },
    () => undefined,
  );
  await new Promise((resolve) => setImmediate(resolve));
  return done;
};

it('gives out what is offered, in order, and the end', async () => {
  const tap = new Tap();
  const read = (async () => {
    const all: string[] = [];
    for (let next = await tap.next(); next !== undefined; next = await tap.next()) all.push(next.toString());
    return all;
  })();
  for (const text of ['a', 'b', 'c']) await tap.offer(chunk(text));
  tap.end();
  expect(await read).toEqual(['a', 'b', 'c']);
});

it('keeps the last chunk back until the end is certain', async () => {
  const tap = new Tap();
  await tap.offer(chunk('a'));
  const first = tap.next();
  expect(await settled(first)).toBe(false);
  tap.fail(new Error('torn'));
  await expect(first).rejects.toThrow('torn');
});

it('holds no more than two chunks: the writer waits for the reader', async () => {
  const tap = new Tap();
  await tap.offer(chunk('a'));
  const second = tap.offer(chunk('b'));
  expect(await settled(second)).toBe(false);
  expect((await tap.next())?.toString()).toBe('a');
  expect(await settled(second)).toBe(true);
});

it('waits for nobody once the reader has gone', async () => {
  const tap = new Tap();
  await tap.offer(chunk('a'));
  const second = tap.offer(chunk('b'));
  tap.leave();
  await second;
  for (let at = 0; at < 10; at++) await tap.offer(chunk('c'));
  tap.end();
});

it('of an empty body ends', async () => {
  const tap = new Tap();
  tap.end();
  expect(await tap.next()).toBeUndefined();
});

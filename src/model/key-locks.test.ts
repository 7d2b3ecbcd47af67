import { describe, expect, it } from 'vitest';
import { KeyLocks } from './key-locks.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('KeyLocks', () => {
  it('lets one holder of a key work at a time, in the order they came', async () => {
    const locks = new KeyLocks();
    const seen: string[] = [];
    const work = (name: string) => async (): Promise<string> => {
      seen.push(`${name} in`);
      await turn();
      seen.push(`${name} out`);
      return name;
    };
    const results = await Promise.all(['a', 'b', 'c'].map((name) => locks.run('k', work(name))));
    expect(results).toEqual(['a', 'b', 'c']);
    expect(seen).toEqual(['a in', 'a out', 'b in', 'b out', 'c in', 'c out']);
    expect(locks.size).toBe(0);
  });

  it('does not hold other keys up', async () => {
    const locks = new KeyLocks();
    let release = (): void => undefined;
    const held = locks.run('a', () => new Promise<void>((resolve) => (release = resolve)));
    expect(await locks.run('b', async () => 1)).toBe(1);
    expect(locks.size).toBe(1);
    release();
    await held;
    expect(locks.size).toBe(0);
  });

  it('goes on after work that failed', async () => {
    const locks = new KeyLocks();
    const failed = locks.run('k', () => Promise.reject(new Error('no')));
    const next = locks.run('k', async () => 'yes');
    await expect(failed).rejects.toThrow('no');
    expect(await next).toBe('yes');
  });
});

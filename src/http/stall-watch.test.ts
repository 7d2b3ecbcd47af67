import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { StallWatch } from './stall-watch.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function entry() {
  return { lastTick: 0, onStall: vi.fn() };
}

describe('StallWatch', () => {
  it('calls after 1 to 1.25 time-outs of silence, again if it goes on', () => {
    const watch = new StallWatch(1_000);
    const first = entry();
    watch.add(first);
    vi.advanceTimersByTime(999);
    expect(first.onStall).not.toHaveBeenCalled();
    vi.advanceTimersByTime(251);
    expect(first.onStall).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(1_250);
    expect(first.onStall).toHaveBeenCalledTimes(2);
  });

  it('lets a sign of life count, and forgets what is removed', () => {
    const watch = new StallWatch(1_000);
    const alive = entry();
    const gone = entry();
    watch.add(alive);
    watch.add(gone);
    for (let i = 0; i < 10; i++) {
      vi.advanceTimersByTime(900);
      watch.touch(alive);
      if (i === 0) watch.remove(gone);
    }
    expect(alive.onStall).not.toHaveBeenCalled();
    expect(gone.onStall).not.toHaveBeenCalled();
    expect(watch.size).toBe(1);
  });

  it('has no timer while nothing is watched', () => {
    const watch = new StallWatch(1_000);
    const only = entry();
    watch.add(only);
    expect(vi.getTimerCount()).toBe(1);
    watch.remove(only);
    vi.advanceTimersByTime(500);
    expect(vi.getTimerCount()).toBe(0);
    watch.add(only);
    vi.advanceTimersByTime(1_250);
    expect(only.onStall).toHaveBeenCalledTimes(1);
    watch.stop();
    expect(vi.getTimerCount()).toBe(0);
  });
});

import { describe, expect, it } from 'vitest';
import { effectsOf, wordsOf } from './words.ts';

describe('the small language', () => {
  it.each([
    ['error=SlowDown', [{ error: 'SlowDown' }]],
    ['error=InternalError; at=after', [{ error: 'InternalError', at: 'after' }]],
    ['at=after;error=NoSuchKey', [{ error: 'NoSuchKey', at: 'after' }]],
    ['delay=2s', [{ delayMs: 2_000 }]],
    ['bandwidth=64KiB', [{ bandwidth: 65_536 }]],
    ['reset=before', [{ reset: 'before' }]],
    ['truncate=0', [{ truncateAfter: 0 }]],
    ['wrong-crc', [{ wrongCrc: true }]],
    ['stale-list=5s', [{ staleList: 5_000 }]],
    ['error=SlowDown; delay=10ms', [{ error: 'SlowDown' }, { delayMs: 10 }]],
    ['', []],
    [' ; ', []],
  ])('reads %j', (text, effects) => expect(effectsOf(wordsOf(text))).toEqual(effects));

  it.each([
    ['error=Slow', 'effect.error: is no code of docs/errors.md'],
    ['error', 'effect.error'],
    ['error=SlowDown;error=NoSuchKey', 'error: is there twice'],
    ['at=after', 'at: says more about error'],
    ['error=SlowDown;status=x', 'status: is a number'],
    ['error=SlowDown;status=404', 'effect.status: is none that the code has'],
    ['delay=soon', 'delay: is like'],
    ['delay=1h', 'effect.delayMs'],
    ['bandwidth=1', 'effect.bandwidth'],
    ['reset=now', 'effect.reset'],
    ['wrong-crc=1', 'wrong-crc: takes no value'],
    ['fail', 'fail: is none of error, delay'],
    ['constructor', 'constructor: is none of'],
    ['a;b;c;d;e;f;g;h;i;j;k', 'more than 10 words'],
  ])('refuses %j', (text, message) => expect(() => effectsOf(wordsOf(text))).toThrow(message));
});

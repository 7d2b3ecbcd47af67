import { describe, expect, it } from 'vitest';
import { type Clock, ManualClock } from '../../platform/clock.ts';
import { TestClock } from '../../platform/test-clock.ts';
import { clockRoutes } from './clock-routes.ts';
import { JsonBody } from './json-body.ts';
import type { AdminRequest } from './route.ts';

const START_MS = 1_700_000_000_000;

function askOf(clock: Clock) {
  return (method: string, body: object = {}) => {
    const route = clockRoutes(clock).find((one) => one.method === method)!;
    expect(route.who).toBe('operator');
    return route.run({ body: new JsonBody(JSON.stringify(body)) } as AdminRequest);
  };
}

describe('the clock', () => {
  it('is shown and moved', () => {
    const ask = askOf(new TestClock(new ManualClock(START_MS)));
    const start = { testClock: true, now: '2023-11-14T22:13:20.000Z', nowMs: START_MS, offsetMs: 0 };
    expect(ask('GET')).toEqual(start);
    expect(ask('PUT', { advanceMs: 1_000 })).toMatchObject({ nowMs: START_MS + 1_000, offsetMs: 1_000 });
    expect(ask('PUT', { setMs: 0 })).toMatchObject({ now: '1970-01-01T00:00:00.000Z' });
    expect(ask('PUT', { resume: true })).toEqual(start);
  });

  it.each([
    {},
    { setMs: 1, advanceMs: 1 },
    { setMs: -1 },
    { advanceMs: -1 },
    { advanceMs: '1' },
    { resume: false },
    { ms: 1 },
  ])('is not moved by %j', (body) => {
    const ask = askOf(new TestClock(new ManualClock(START_MS)));
    expect(() => ask('PUT', body)).toThrow(expect.objectContaining({ status: 400 }));
    expect(ask('GET')).toMatchObject({ offsetMs: 0 });
  });

  it('does not move where the server was not started for it', () => {
    const ask = askOf(new ManualClock(START_MS));
    expect(ask('GET')).toMatchObject({ testClock: false, nowMs: START_MS });
    expect(() => ask('PUT', { advanceMs: 1 })).toThrow(expect.objectContaining({ status: 409, code: 'NoTestClock' }));
  });
});

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { accessLineWriter } from './access-line.ts';
import { ManualClock } from './clock.ts';

const line = { requestId: 'NWNl', remote: '::1', method: 'GET', status: 404, bytes: 12, ms: 0.12345 };

it('is JSON with what is known, whatever the client chose', () => {
  const clock = new ManualClock(Date.UTC(2026, 10, 26, 8, 0, 0, 7));
  const write = accessLineWriter(clock);
  const known = { level: 'info', time: '2026-11-26T08:00:00.007Z', message: 'access', ...line, ms: 0.123 };
  expect(JSON.parse(write(line))).toEqual(known);
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), fc.string({ unit: 'binary' }), (key, bucket) => {
      const given = {
        ...line,
        key,
        bucket,
        operation: 'GET Object',
        code: 'NoSuchKey',
        secretId: 'AKID',
        fault: 'f1,f2',
      };
      const text = write(given);
      expect(JSON.parse(text)).toEqual({ ...known, ...given, ms: 0.123 });
      expect(text.indexOf('\n')).toBe(text.length - 1);
    }),
  );
});

it('follows the clock, forward and back', () => {
  const clock = new ManualClock(Date.UTC(2026, 10, 26, 8, 0, 0, 999));
  const write = accessLineWriter(clock);
  const time = () => (JSON.parse(write(line)) as { time: string }).time.slice(11);
  expect(time()).toBe('08:00:00.999Z');
  clock.advance(1);
  expect(time()).toBe('08:00:01.000Z');
  clock.set(Date.UTC(2026, 10, 26, 7, 0, 0, 50));
  expect(time()).toBe('07:00:00.050Z');
});

/** The clock of the server: shown always, moved only where it was started for that. */
import type { Clock } from '../../platform/clock.ts';
import { TestClock } from '../../platform/test-clock.ts';
import type { JsonBody } from './json-body.ts';
import { AdminError, badRequest } from './reply.ts';
import type { Route } from './route.ts';

export function clockRoutes(clock: Clock): Route[] {
  return [
    { method: 'GET', path: 'clock', who: 'operator', run: () => shown(clock) },
    {
      method: 'PUT',
      path: 'clock',
      who: 'operator',
      run({ body }) {
        if (!(clock instanceof TestClock)) {
          throw new AdminError(
            409,
            'NoTestClock',
            'The clock moves only where the server was started with --test-clock.',
          );
        }
        move(clock, body);
        return shown(clock);
      },
    },
  ];
}

function shown(clock: Clock) {
  const isTestClock = clock instanceof TestClock;
  const nowMs = Math.floor(clock.nowMs());
  const offsetMs = isTestClock ? Math.round(clock.offsetMs) : 0;
  return { testClock: isTestClock, now: new Date(nowMs).toISOString(), nowMs, offsetMs };
}

/** One of `{ "setMs": … }`, `{ "advanceMs": … }`, `{ "resume": true }`. @throws AdminError 400 */
function move(clock: TestClock, body: JsonBody): void {
  body.only('setMs', 'advanceMs', 'resume');
  const setMs = body.optionalNumber('setMs');
  const advanceMs = body.optionalNumber('advanceMs');
  const moves = [setMs, advanceMs].filter((ms) => ms !== undefined).length;
  if (moves > 1) throw badRequest('Give one of setMs, advanceMs and resume.');
  try {
    if (setMs !== undefined) clock.set(setMs);
    else if (advanceMs !== undefined) clock.advance(advanceMs);
    else if (body.flag('resume')) clock.resume();
    else throw badRequest('The field resume is true or absent.');
  } catch (error) {
    if (error instanceof RangeError) throw badRequest(`The time cannot be that: ${error.message}.`);
    throw error;
  }
}

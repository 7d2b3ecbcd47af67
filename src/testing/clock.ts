/** The clock of a server for tests: when it was moved, what is due by then is run to its end. */
import type { JobBoard } from '../features/jobs/board.ts';
import type { JobState } from '../features/jobs/types.ts';
import type { TestClock } from '../platform/test-clock.ts';
import type { CosetteClock, JobRun } from './types.ts';

/** Real time that the jobs of one move may take, ms. */
const LIMIT_MS = 30_000;
const LOOK_MS = 1;

/** @param inTurn runs what must not meet a change of state @param board of the state that is served now */
export function clockOf(
  clock: TestClock,
  inTurn: <T>(work: () => Promise<T>) => Promise<T>,
  board: () => JobBoard,
): CosetteClock {
  const moved = (move: () => void): Promise<JobRun[]> =>
    inTurn(async () => {
      move();
      return runDue(board(), clock);
    });
  return {
    now: () => new Date(clock.nowMs()),
    get offsetMs() {
      return Math.round(clock.offsetMs);
    },
    set: (time) => moved(() => clock.set(typeof time === 'number' ? time : time.getTime())),
    advance: (ms) => moved(() => clock.advance(ms)),
    resume: () => moved(() => clock.resume()),
  };
}

/**
 * Runs jobs until none is due. One that failed is due after a pause, so that it ends too.
 * @returns those that ran @throws Error after `limitMs`
 */
export async function runDue(board: JobBoard, clock: TestClock, limitMs = LIMIT_MS): Promise<JobRun[]> {
  const before = new Map(board.states().map(({ name, runs }) => [name, runs]));
  const endMs = clock.monotonicMs() + limitMs;
  const isAhead = ({ running, nextMs }: JobState) => running || (nextMs !== undefined && nextMs <= clock.nowMs());
  for (let ahead = board.states().filter(isAhead); ahead.length > 0; ahead = board.states().filter(isAhead)) {
    if (clock.monotonicMs() > endMs) {
      throw new Error(`still at work after ${limitMs} ms: ${ahead.map(({ name }) => name).join(', ')}`);
    }
    board.tick();
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS).unref());
  }
  return board.states().flatMap(({ name, runs, lastError }) => {
    const ran = runs - (before.get(name) ?? 0);
    if (ran === 0) return [];
    return [{ name, runs: ran, ...(lastError === undefined ? {} : { error: lastError }) }];
  });
}

/** `jobs`: what works in the background, and asking for a run now. By the operator alone. */
import type { JobBoard } from '../../features/jobs/board.ts';
import type { JobState } from '../../features/jobs/types.ts';
import { AdminError } from './reply.ts';
import type { Route } from './route.ts';

/** @param jobs undefined where nothing runs in the background */
export function jobsRoutes(jobs: Pick<JobBoard, 'states' | 'runNow'> | undefined): Route[] {
  const stateOf = (name: string): JobState => {
    const state = jobs?.states().find((job) => job.name === name);
    if (state === undefined) throw new AdminError(404, 'NotFound', 'There is no such job.');
    return state;
  };
  return [
    { method: 'GET', path: 'jobs', who: 'operator', run: () => ({ jobs: (jobs?.states() ?? []).map(shown) }) },
    { method: 'GET', path: 'jobs/:job', who: 'operator', run: ({ params }) => shown(stateOf(params['job'] ?? '')) },
    {
      method: 'POST',
      path: 'jobs/:job/run',
      who: 'operator',
      run({ params, body }) {
        body.only();
        const { name } = stateOf(params['job'] ?? '');
        // The run is not waited for: it may take hours. Its end is seen in its state.
        if (jobs?.runNow(name) === undefined) throw new AdminError(503, 'ServiceUnavailable', 'The server is closing.');
        return shown(stateOf(name));
      },
    },
  ];
}

function shown(state: JobState) {
  const { name, description, running, done, total, note, runs, failures, lastError } = state;
  return {
    name,
    description,
    running,
    done,
    ...(total === undefined ? {} : { total }),
    ...(note === '' ? {} : { note }),
    ...timeOf('started', state.startedMs),
    ...timeOf('ended', state.endedMs),
    ...timeOf('next', state.nextMs),
    runs,
    failures,
    ...(lastError === undefined ? {} : { lastError }),
  };
}

function timeOf(name: string, ms: number | undefined): Record<string, string> {
  return ms === undefined || !Number.isFinite(ms) ? {} : { [name]: new Date(ms).toISOString() };
}

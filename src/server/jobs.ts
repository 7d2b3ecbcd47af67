/** All background jobs of a server, and what has to know of changes for them. One line for each feature. */
import type { Job } from '../features/jobs/types.ts';
import type { ChangeWatchers } from '../model/changes.ts';
import type { Services } from '../model/services.ts';

/** By the name of the bucket configuration that asks for them. */
export const CHANGE_WATCHERS: ChangeWatchers = new Map();

export function createJobs(_services: Services): Job[] {
  return [];
}

/** All background jobs of a server, and what has to know of changes for them. One line for each feature. */
import { originAttributes } from '../cos/origin-headers.ts';
import { LoggingJob } from '../features/access-logging/job.ts';
import { InventoryJob } from '../features/inventory/job.ts';
import type { Job } from '../features/jobs/types.ts';
import { LifecycleJob } from '../features/lifecycle/job.ts';
import { NotificationJob } from '../features/notifications/job.ts';
import { BUCKET_NOTIFICATION } from '../features/notifications/rules.ts';
import { noteEvents } from '../features/notifications/watch.ts';
import { OriginJob } from '../features/origin/job.ts';
import { ReplicationJob } from '../features/replication/job.ts';
import { BUCKET_REPLICATION } from '../features/replication/rules.ts';
import { watchReplication } from '../features/replication/watcher.ts';
import type { ChangeWatchers } from '../model/changes.ts';
import type { Services } from '../model/services.ts';

/** By the name of the bucket configuration that asks for them. */
export const CHANGE_WATCHERS: ChangeWatchers = new Map([
  [BUCKET_REPLICATION.name, watchReplication],
  [BUCKET_NOTIFICATION.name, noteEvents],
]);

export function createJobs(services: Services): Job[] {
  return [
    new LoggingJob(services),
    new InventoryJob(services),
    new LifecycleJob(services, services.settings.lifecycle),
    new ReplicationJob(services, services.settings.replicationConcurrency),
    new NotificationJob(services),
    new OriginJob(services, originAttributes(services.limits.userMetaBytes)),
  ];
}

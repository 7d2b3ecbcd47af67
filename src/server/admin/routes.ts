/** Every route of the admin API, `/_cosette/admin/v1/…`. */
import type { Directory } from '../../access/directory/directory.ts';
import type { ExplainParts } from '../../cos/explain/explanation.ts';
import type { FaultRules } from '../../features/faults/rules.ts';
import type { JobBoard } from '../../features/jobs/board.ts';
import { listBuckets } from '../../model/buckets.ts';
import type { Services } from '../../model/services.ts';
import type { SnapshotDesk } from '../snapshot/live-snapshot.ts';
import { accountRoutes } from './account-routes.ts';
import { attachmentRoutes } from './attachment-routes.ts';
import { clockRoutes } from './clock-routes.ts';
import { faultRoutes } from './fault-routes.ts';
import { groupRoutes } from './group-routes.ts';
import { jobsRoutes } from './jobs-routes.ts';
import { keyRoutes } from './key-routes.ts';
import { notificationRoutes } from './notification-routes.ts';
import { policyRoutes } from './policy-routes.ts';
import { requestRoutes } from './request-routes.ts';
import { roleRoutes } from './role-routes.ts';
import type { Route } from './route.ts';
import { snapshotRoutes } from './snapshot-routes.ts';
import { userRoutes } from './user-routes.ts';

/** What routes stand on. */
export interface AdminParts {
  readonly directory: Directory;
  readonly services: Services;
  /** What `cosette explain` tells of; undefined: refused requests are not remembered. */
  readonly explain?: ExplainParts | undefined;
  /** Fault rules; undefined: the server was not started for them. */
  readonly faults?: FaultRules | undefined;
  /** Background work; undefined: there is none. */
  readonly jobs?: JobBoard | undefined;
  /** Snapshots; undefined: none can be made. */
  readonly snapshots?: SnapshotDesk | undefined;
}

export function adminRoutes({ directory, services, explain, faults, jobs, snapshots }: AdminParts): Route[] {
  const hasBuckets = async (appid: string): Promise<boolean> =>
    (await listBuckets(services, appid, '', 1, () => true)).buckets.length > 0;
  return [
    ...clockRoutes(services.clock),
    ...faultRoutes(faults),
    ...requestRoutes(explain),
    ...jobsRoutes(jobs),
    ...snapshotRoutes(snapshots),
    ...notificationRoutes(services),
    ...accountRoutes(directory, hasBuckets),
    ...userRoutes(directory),
    ...groupRoutes(directory),
    ...roleRoutes(directory),
    ...policyRoutes(directory),
    ...attachmentRoutes(directory),
    ...keyRoutes(directory),
  ];
}

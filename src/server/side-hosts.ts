/** The hosts beside those of buckets, with the work that follows from their requests. */
import type { Directory } from '../access/directory/directory.ts';
import { originAttributes } from '../cos/origin-headers.ts';
import type { SideHostOptions } from '../cos/side-host.ts';
import { CosControlDialect } from '../cos-control/dialect.ts';
import { BatchExecutor } from '../cos-control/executor.ts';
import { BatchDesk } from '../features/batch/desk.ts';
import { BatchJobs } from '../features/batch/job.ts';
import { FetchDesk } from '../features/fetch-tasks/desk.ts';
import { FetchJob } from '../features/fetch-tasks/job.ts';
import type { Job } from '../features/jobs/types.ts';
import type { HostResolver, HostTarget } from '../http/host.ts';
import type { WireReply, WireRequest } from '../http/types.ts';
import { MigrationDialect } from '../migration/dialect.ts';

export interface SideHosts {
  readonly jobs: readonly Job[];
  /** @returns undefined where the request is for another host */
  handle(request: WireRequest, hosts: HostResolver): Promise<WireReply> | undefined;
}

/** @param directory whose identities jobs act for; without one there are no batch jobs */
export function sideHosts(
  options: Omit<SideHostOptions, 'onInternalError'> & {
    readonly onInternalError: (error: unknown, request: WireRequest | undefined) => void;
  },
  directory: Directory | undefined,
): SideHosts {
  const { services } = options;
  const fetches = new FetchDesk(services);
  const migration = new MigrationDialect({ ...options, desk: fetches });
  const jobs: Job[] = [new FetchJob(services, fetches, originAttributes(services.limits.userMetaBytes))];
  const control = directory && batchOf(options, directory, jobs);
  return {
    jobs,
    handle(request, hosts) {
      const target = targetOf(request, hosts);
      if (target?.type === 'migration') return migration.handle(request, target.region);
      if (target?.type === 'cos-control') return control?.handle(request, target);
      return undefined;
    },
  };
}

function batchOf(options: Parameters<typeof sideHosts>[0], directory: Directory, jobs: Job[]): CosControlDialect {
  const { services, errors } = options;
  const desk = new BatchDesk(services);
  const executor = new BatchExecutor({
    ...{ services, errors },
    identityOf: (ownerUin, uin) => directory.identityOf(ownerUin, uin),
    onInternalError: (error) => options.onInternalError(error, undefined),
  });
  jobs.push(new BatchJobs(services, desk, executor));
  const roles = (ownerUin: string, arn: string) => ({
    any: (directory.state.homes.get(ownerUin)?.roles.size ?? 0) > 0,
    known: directory.roleByArn(arn) !== undefined,
  });
  return new CosControlDialect({ ...options, desk, roles });
}

function targetOf({ host }: WireRequest, hosts: HostResolver): HostTarget | undefined {
  try {
    return hosts.resolve(host);
  } catch {
    return undefined;
  }
}

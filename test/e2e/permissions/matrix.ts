/** The permission matrix: for every operation, what each identity is answered. The cells are data, for review. */
import { APPID, REGION } from '../../support/server-process.ts';
import { BUCKET_ROWS } from './matrix-buckets.ts';
import { OBJECT_ROWS } from './matrix-objects.ts';
import type { Row } from './row.ts';

export const MATRIX: readonly Row[] = [...BUCKET_ROWS, ...OBJECT_ROWS];

export interface Elsewhere {
  readonly operation: string;
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly host: string;
  readonly path: string;
  readonly answer: readonly [status: number, code: string];
}

const job = (operation: string, method: Elsewhere['method'], path: string): Elsewhere => ({
  ...{ operation, method, path },
  host: `100000000001.cos-control.${REGION}.myqcloud.com`,
  answer: [403, 'AccessDenied'],
});

/**
 * Operations of COS that are addressed by hosts of their own: batch processing and fetch tasks (spec/buckets.md §29,
 * §30). Their rights are tested in operations/batch-jobs.test.ts and fetch-tasks.test.ts; here, that nobody unsigned
 * gets anywhere.
 */
export const ELSEWHERE: readonly Elsewhere[] = [
  job('CreateJob', 'POST', '/jobs'),
  job('DescribeJob', 'GET', '/jobs/1'),
  job('ListJobs', 'GET', '/jobs'),
  job('UpdateJobPriority', 'POST', '/jobs/1/priority?priority=1'),
  job('UpdateJobStatus', 'POST', '/jobs/1/status?requestedJobStatus=Cancelled'),
  job('DeleteJob', 'DELETE', '/jobs/1'),
  ...(['PutFetchTask', 'GetFetchTask'] as const).map((operation): Elsewhere => {
    const [method, path] = operation === 'PutFetchTask' ? (['POST', ''] as const) : (['GET', '1'] as const);
    const host = `${REGION}.migration.myqcloud.com`;
    return { operation, method, host, path: `/m-getbucket-${APPID}/${path}`, answer: [403, 'AccessDenied'] };
  }),
];

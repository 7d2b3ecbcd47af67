/** Answers about batch jobs. Source: spec/buckets.md §29. */
import { xmlReply } from '../cos/codec.ts';
import type { JobPage } from '../features/batch/desk.ts';
import type { BatchJob } from '../features/batch/record.ts';
import type { WireReply } from '../http/types.ts';
import { xmlElement, xmlOptional, xmlWrap } from '../http/xml-writer.ts';

const iso = (ms: number | undefined): string | undefined =>
  ms === undefined ? undefined : `${new Date(ms).toISOString().slice(0, 19)}Z`;

export function createdReply(id: string): WireReply {
  return xmlReply(xmlWrap('CreateJobResult', xmlElement('JobId', id)));
}

export function describedReply(job: BatchJob): WireReply {
  const { request, failure } = job;
  const reason = failure && xmlElement('FailureCode', failure.code) + xmlElement('FailureReason', failure.reason);
  const content =
    xmlElement('ConfirmationRequired', request.confirmationRequired) +
    xmlOptional('CreationTime', iso(job.createdMs)) +
    xmlElement('Description', request.description) +
    (reason === undefined ? '' : xmlWrap('FailureReasons', xmlWrap('JobFailure', reason))) +
    xmlElement('JobId', job.id) +
    request.manifestXml +
    request.operationXml +
    xmlElement('Priority', job.priority) +
    progress(job) +
    request.reportXml +
    xmlElement('RoleArn', request.roleArn) +
    xmlElement('Status', job.status) +
    xmlOptional('StatusUpdateReason', job.statusReason === '' ? undefined : job.statusReason) +
    xmlOptional('SuspendedCause', job.suspendedMs === undefined ? undefined : 'AwaitingConfirmation') +
    xmlOptional('SuspendedDate', iso(job.suspendedMs)) +
    xmlOptional('TerminationDate', iso(job.endedMs));
  return xmlReply(xmlWrap('DescribeJobResult', xmlWrap('Job', content)));
}

export function listedReply({ jobs, next }: JobPage): WireReply {
  const members = jobs.map((job) =>
    xmlWrap(
      'member',
      xmlOptional('CreationTime', iso(job.createdMs)) +
        xmlElement('Description', job.request.description) +
        xmlElement('JobId', job.id) +
        xmlElement('Operation', job.request.operation) +
        xmlElement('Priority', job.priority) +
        progress(job) +
        xmlElement('Status', job.status) +
        xmlOptional('TerminationDate', iso(job.endedMs)),
    ),
  );
  return xmlReply(xmlWrap('ListJobsResult', xmlWrap('Jobs', members.join('')) + xmlOptional('NextToken', next)));
}

export function priorityReply({ id, priority }: BatchJob): WireReply {
  return xmlReply(xmlWrap('UpdateJobPriorityResult', xmlElement('JobId', id) + xmlElement('Priority', priority)));
}

export function statusReply({ id, status, statusReason }: BatchJob): WireReply {
  const content = xmlElement('JobId', id) + xmlElement('Status', status);
  return xmlReply(xmlWrap('UpdateJobStatusResult', content + xmlElement('StatusUpdateReason', statusReason)));
}

function progress({ failed, succeeded, total = 0 }: BatchJob): string {
  return xmlWrap(
    'ProgressSummary',
    xmlElement('NumberOfTasksFailed', failed) +
      xmlElement('NumberOfTasksSucceeded', succeeded) +
      xmlElement('TotalNumberOfTasks', total),
  );
}

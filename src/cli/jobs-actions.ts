/** What the commands about background jobs ask of the server, and what they print. */
import { callAdmin, type Endpoint } from './admin-client.ts';
import { type Column, jsonText, type Shown, tableText } from './identity-output.ts';

const COLUMNS: readonly Column[] = [
  { title: 'NAME', field: 'name' },
  { title: 'RUNNING', field: 'running' },
  { title: 'PROGRESS', field: 'progress' },
  { title: 'LAST RUN', field: 'ended' },
  { title: 'NEXT RUN', field: 'next' },
  { title: 'RUNS', field: 'runs' },
  { title: 'LAST ERROR', field: 'lastError' },
];

/** @throws AdminClientError */
export async function listJobs(endpoint: Endpoint, json: boolean): Promise<string> {
  const { jobs } = (await callAdmin(endpoint, { method: 'GET', path: ['jobs'] })) as { jobs: readonly Shown[] };
  return json ? jsonText(jobs) : jobsText(jobs);
}

/** @throws AdminClientError also where there is no such job */
export async function runJob(endpoint: Endpoint, name: string, json: boolean): Promise<string> {
  const job = (await callAdmin(endpoint, { method: 'POST', path: ['jobs', name, 'run'] })) as Shown;
  return json ? jsonText(job) : `job ${name} runs: cosette jobs list shows how far it is\n`;
}

export function jobsText(jobs: readonly Shown[]): string {
  const rows = jobs.map((job) => ({ ...job, progress: progressOf(job) }));
  return tableText(COLUMNS, rows, 'This server has no background jobs.');
}

function progressOf({ done, total, note, running, runs }: Shown): string | undefined {
  if (running !== true && runs === 0) return undefined;
  const count = total === undefined ? String(done) : `${done}/${total}`;
  return note === undefined ? count : `${count} (${note})`;
}

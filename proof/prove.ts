/** One row: its condition is brought about, its request sent, its answer judged. */
import { join } from 'node:path';
import { errorOf, type RawAnswer } from '../test/support/raw.ts';
import { APPID, type ServerProcess } from '../test/support/server-process.ts';
import type { Ask, ProofRow, Step } from './row.ts';
import { type Servers, shell } from './servers.ts';
import { ask, askSlowly, type World } from './wire.ts';

export interface Outcome {
  readonly row: ProofRow;
  /** On the wire; '' without an error document. */
  readonly code: string;
  /** 0 without an answer. */
  readonly status: number;
  /** Of the five elements, those that are there and not empty. */
  readonly elements: readonly string[];
  readonly passed: boolean;
  /** Why there is no answer to judge. */
  readonly trouble?: string;
}

const SHARED = ['Code', 'Message', 'Resource', 'RequestId'] as const;
/** S3 calls the last one otherwise. */
const ELEMENTS = [...SHARED, 'TraceId'] as const;
const S3_ELEMENTS = [...SHARED, 'HostId'] as const;

/** What each error document of the row's protocol has. */
export function elementsOf({ request }: ProofRow): readonly string[] {
  return request.s3 === undefined ? ELEMENTS : S3_ELEMENTS;
}

/** A row that is ready for its request. */
export interface Prepared {
  readonly server: ServerProcess;
  readonly bucket: string;
  readonly world: World;
}

let buckets = 0;

/** Brings the condition about. @throws Error when a step fails */
export async function prepare(servers: Servers, row: ProofRow): Promise<Prepared> {
  buckets += 1;
  const bucket = `proof-${buckets}-${APPID}`;
  let server = await servers.of(row);
  const world: World = new Map([
    ['bucket', bucket],
    ['data', join(server.folder, 'data')],
  ]);
  if (row.noBucket !== true) await done(server, { method: 'PUT', target: '/', body: '' }, world);
  for (const step of row.setup ?? []) {
    if ('restart' in step) server = await servers.again(server, [...(row.settings ?? []), ...step.restart]);
    else await take(server, step, world);
  }
  return { server, bucket, world };
}

async function take(server: ServerProcess, step: Exclude<Step, { restart: unknown }>, world: World): Promise<void> {
  if ('shell' in step) {
    const printed = await shell(server, world, step.shell);
    const words = printed.trim().split(/\s+/);
    for (const [at, name] of (step.save ?? []).entries()) world.set(name, words[at] ?? '');
    return;
  }
  for (let n = 1; n < (step.times ?? 1); n++) await done(server, step, world.set('n', String(n)));
  const answer = await done(server, step, world.set('n', String(step.times ?? 1)));
  const { save } = step;
  if (save === undefined) return;
  const found = save.element === undefined ? answer.headers[save.header!] : errorOf(answer.body)[save.element];
  if (found === undefined) throw new Error(`${step.method} ${step.target}: no ${save.element ?? save.header}`);
  world.set(save.as, found);
}

async function done(server: ServerProcess, step: Ask, world: World): Promise<RawAnswer> {
  const answer = await ask(server.port, step, world);
  if (answer.status >= 300) throw new Error(`${step.method} ${step.target}: ${answer.status} ${answer.body}`);
  return answer;
}

/** Never throws: what goes wrong is a miss. @param wanted the code on the wire */
export async function prove(servers: Servers, row: ProofRow, wanted: string): Promise<Outcome> {
  try {
    const { server, world } = await prepare(servers, row);
    return judge(row, wanted, await answerOf(server, row, world));
  } catch (error) {
    const trouble = error instanceof Error ? error.message : String(error);
    return { row, code: '', status: 0, elements: [], passed: false, trouble };
  }
}

/** The server that is known to be there is asked; of a burst the first refusal counts. */
async function answerOf({ port }: ServerProcess, row: ProofRow, world: World): Promise<RawAnswer> {
  const { request, meanwhile, burst } = row;
  if (meanwhile !== undefined) return askSlowly(port, request, meanwhile, world);
  if (burst === undefined) return ask(port, request, world);
  const answers = await Promise.all(Array.from({ length: burst }, () => ask(port, request, world)));
  return answers.find(({ status }) => status === row.status) ?? answers[0]!;
}

function judge(row: ProofRow, wanted: string, answer: RawAnswer): Outcome {
  const error = answer.body.includes('<Error>') ? errorOf(answer.body) : {};
  const wantedElements = elementsOf(row);
  const elements = wantedElements.filter((name) => error[name] !== undefined && error[name] !== '');
  const code = error['Code'] ?? '';
  const same = code === wanted && answer.status === row.status;
  const passed = same && isIdentified(row, error, answer) && elements.length === wantedElements.length;
  return { row, code, status: answer.status, elements, passed };
}

/** The ids of document and headers are the same. */
function isIdentified(row: ProofRow, error: Readonly<Record<string, string>>, { headers }: RawAnswer): boolean {
  if (row.request.s3 !== undefined) {
    return error['RequestId'] === headers['x-amz-request-id'] && error['HostId'] === headers['x-amz-id-2'];
  }
  // An answer that is no refusal (203) has no trace header.
  const traced = row.status < 300 || error['TraceId'] === headers['x-cos-trace-id'];
  return error['RequestId'] === headers['x-cos-request-id'] && traced;
}

/** Mutates signed heads and chunked bodies of S3, and counts what was not refused as it must be. */
import { CosError } from '../../src/errors/cos-error.ts';
import { addressFor, bodyFrom, check, wireOf } from '../../src/s3/signature/fixture.ts';
import { Random } from '../crash/random.ts';
import { BODY_FORMS, inPieces, openBody, plainReading, readBody } from './s3-bodies.ts';
import { mutateBytes } from './s3-bytes.ts';
import { HEAD_FORMS, type Head, meaningOf, parseHead, textOf } from './s3-heads.ts';

export interface S3Violation {
  readonly kind: 'accepted' | 'refused' | 'crash' | 'slow' | 'memory';
  readonly form: string;
  readonly mutations: readonly string[];
  readonly text: string;
  readonly detail: string;
}

export interface S3Figures {
  heads: number;
  bodies: number;
  /** Mutations that leave what is said as it is: accepted and refused. They are no cases. */
  intactAccepted: number;
  intactRefused: number;
  slowestMs: number;
  /** Bytes of heap in use, least of the samples of the second tenth and of the last. */
  heapEarly: number;
  heapLate: number;
  readonly byForm: Map<string, number>;
  readonly byCode: Map<string, number>;
  readonly violations: S3Violation[];
}

const SLOW_MS = 1_000;
const MAX_VIOLATIONS = 20;
const MAX_GROWTH = 32 * 1024 * 1024;
const SAMPLE_EVERY = 250;

const count = (counts: Map<string, number>, name: string): void => {
  counts.set(name, (counts.get(name) ?? 0) + 1);
};

/** @throws Error when a valid request is refused: the fuzzer would show nothing */
export async function fuzzS3(seed: number, heads: number, bodies: number): Promise<S3Figures> {
  const random = new Random(seed);
  const figures: S3Figures = {
    ...{ heads: 0, bodies: 0, intactAccepted: 0, intactRefused: 0, slowestMs: 0, heapEarly: 0, heapLate: 0 },
    ...{ byForm: new Map(), byCode: new Map(), violations: [] },
  };
  await requireValid();
  const heap: number[] = [];
  const sample = (cases: number): void => {
    if (cases % SAMPLE_EVERY === 0) heap.push(process.memoryUsage().heapUsed);
  };
  while (figures.heads < heads && figures.violations.length < MAX_VIOLATIONS) {
    fuzzHead(figures, random);
    sample(figures.heads);
  }
  while (figures.bodies < bodies && figures.violations.length < MAX_VIOLATIONS) {
    await fuzzBody(figures, random);
    sample(figures.bodies);
  }
  await requireValid();
  const tenth = Math.floor(heap.length / 10);
  if (tenth > 0) {
    figures.heapEarly = Math.min(...heap.slice(tenth, 2 * tenth));
    figures.heapLate = Math.min(...heap.slice(-tenth));
    const grown = figures.heapLate - figures.heapEarly;
    if (grown > MAX_GROWTH) {
      figures.violations.push({ kind: 'memory', form: '', mutations: [], text: '', detail: `${grown} bytes more` });
    }
  }
  return figures;
}

function accepts(head: Head): string {
  const [host = ''] = head.headers.filter(([name]) => name.toLowerCase() === 'host').map(([, value]) => value);
  const rest = head.headers.filter(([name]) => name.toLowerCase() !== 'host');
  const wire = wireOf({ ...head, host, headers: rest, body: bodyFrom([]) });
  try {
    const { identity } = check(wire, { address: addressFor(wire, host.split('.')[0]) });
    return identity.kind === 'anonymous' ? 'anonymous' : 'accepted';
  } catch (error) {
    if (error instanceof CosError) return error.code;
    throw error;
  }
}

function fuzzHead(figures: S3Figures, random: Random): void {
  const form = random.pick(HEAD_FORMS);
  const { text, names } = mutateBytes(textOf(form.head), random);
  const head = parseHead(text);
  if (head === undefined || text === textOf(form.head)) return;
  const hosts = head.headers.filter(([name]) => name.toLowerCase() === 'host');
  if (hosts.length !== 1) return;
  const fail = (kind: S3Violation['kind'], detail: string): void => {
    figures.violations.push({ kind, form: form.name, mutations: names, text: text.slice(0, 2_000), detail });
  };
  const startMs = performance.now();
  let outcome: string;
  try {
    outcome = accepts(head);
  } catch (error) {
    figures.heads += 1;
    fail('crash', String((error as Error).stack));
    return;
  }
  timed(figures, startMs, fail);
  let intact = false;
  try {
    intact = meaningOf(form, head) === meaningOf(form, form.head);
  } catch {
    // It says nothing.
  }
  if (intact) {
    figures[outcome === 'accepted' ? 'intactAccepted' : 'intactRefused'] += 1;
    return;
  }
  figures.heads += 1;
  count(figures.byForm, form.name);
  count(figures.byCode, outcome);
  if (outcome === 'accepted') fail('accepted', 'it says something else');
}

async function fuzzBody(figures: S3Figures, random: Random): Promise<void> {
  const form = random.pick(BODY_FORMS);
  const { text, names } = mutateBytes(form.sent.toString('latin1'), random);
  const bytes = Buffer.from(text, 'latin1');
  if (bytes.equals(form.sent)) return;
  const fail = (kind: S3Violation['kind'], detail: string): void => {
    figures.violations.push({ kind, form: form.name, mutations: names, text: text.slice(0, 2_000), detail });
  };
  const startMs = performance.now();
  let outcome = 'accepted';
  let read: Awaited<ReturnType<typeof readBody>> | undefined;
  try {
    read = await readBody(openBody(form, inPieces(bytes, random)), random.next() < 0.5);
  } catch (error) {
    if (!(error instanceof CosError)) {
      figures.bodies += 1;
      fail('crash', String((error as Error).stack));
      return;
    }
    outcome = error.code;
  }
  timed(figures, startMs, fail);
  const expected = form.signed
    ? { content: form.content, trailer: form.trailer ? 'AAAAAA==' : undefined }
    : plainReading(form, bytes);
  if (read !== undefined) {
    const same = expected?.content.equals(read.content) === true && expected.trailer === read.trailer;
    if (same) {
      figures.intactAccepted += 1;
      return;
    }
    fail('accepted', JSON.stringify({ content: read.content.toString('latin1'), trailer: read.trailer }).slice(0, 500));
  } else if (!form.signed && expected !== undefined && text.length < 4_000) fail('refused', outcome);
  figures.bodies += 1;
  count(figures.byForm, form.name);
  count(figures.byCode, outcome);
}

function timed(figures: S3Figures, startMs: number, fail: (kind: 'slow', detail: string) => void): void {
  const ms = performance.now() - startMs;
  figures.slowestMs = Math.max(figures.slowestMs, ms);
  if (ms > SLOW_MS) fail('slow', `${Math.round(ms)} ms`);
}

async function requireValid(): Promise<void> {
  for (const form of HEAD_FORMS) {
    const outcome = accepts(parseHead(textOf(form.head))!);
    if (outcome !== 'accepted') throw new Error(`${form.name}: the valid request was answered ${outcome}`);
  }
  for (const form of BODY_FORMS) {
    const { content } = await readBody(openBody(form, [form.sent]), true);
    if (!content.equals(form.content)) throw new Error(`${form.name}: the valid body is read as something else`);
  }
}

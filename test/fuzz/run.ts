/** Mutates valid signed requests until so many have been refused; counts what was not refused as it must be. */
import { Random } from '../crash/random.ts';
import { allForms, type Form } from './forms.ts';
import { meaningOf } from './meaning.ts';
import { mutate, mutationsFor } from './mutate.ts';
import { type FuzzRequest, onTheWire } from './request.ts';
import { type Answer, Hang, sendInProcess, sendOverSocket } from './send.ts';
import type { World } from './world.ts';

export interface FuzzOptions {
  readonly seed: number;
  /** Requests whose signature says something else than that of the valid one. */
  readonly cases: number;
  /** Of them so many over a socket. */
  readonly overSocket: number;
}

export interface Violation {
  readonly kind: 'accepted' | 'crash' | 'hang' | 'slow' | 'malformed';
  readonly form: string;
  readonly mutations: readonly string[];
  readonly text: string;
  readonly detail: string;
}

export interface Figures {
  cases: number;
  overSocket: number;
  /** Mutations that leave what is signed as it is: accepted and refused. They are no cases. */
  intactAccepted: number;
  intactRefused: number;
  slowestMs: number;
  readonly byForm: Map<string, number>;
  /** Code of the error → how often. */
  readonly byCode: Map<string, number>;
  /** Names of mutations that were accepted because nothing of what is signed changed. */
  readonly intactBy: Map<string, number>;
  readonly violations: Violation[];
}

const SLOW_MS = 1_000;
const MAX_VIOLATIONS = 20;
/** Without an answer: the head could not be read. */
const NO_ANSWER = '(closed)';

export async function fuzz(world: World, { seed, cases, overSocket }: FuzzOptions): Promise<Figures> {
  const random = new Random(seed);
  const forms = allForms(world.ground);
  const mutations = mutationsFor(world.ground);
  const figures: Figures = {
    ...{ cases: 0, overSocket: 0, intactAccepted: 0, intactRefused: 0, slowestMs: 0 },
    ...{ byForm: new Map(), byCode: new Map(), intactBy: new Map(), violations: [] },
  };
  await requireAccepted(world, forms);
  const valid = new Map(forms.map((form) => [form, meaningOf(form, form.request)]));
  while (figures.cases < cases && figures.violations.length < MAX_VIOLATIONS) {
    const form = random.pick(forms);
    const { text, names } = mutate(form, mutations, random);
    const request = tamper(form.with(text), random, names);
    if (onTheWire(request).equals(onTheWire(form.request))) continue;
    const intact = meaningOf(form, request) === valid.get(form);
    const socket = !intact && random.next() < (overSocket - figures.overSocket) / (cases - figures.cases);
    const fail = (kind: Violation['kind'], detail: string) =>
      figures.violations.push({ kind, form: form.name, mutations: names, text: text.slice(0, 2_000), detail });
    const startMs = performance.now();
    let answer: Answer;
    try {
      answer = await (socket ? sendOverSocket(world, request) : sendInProcess(world, request));
    } catch (error) {
      fail(error instanceof Hang ? 'hang' : 'crash', String((error as Error).stack));
      figures.cases += 1;
      continue;
    }
    const ms = performance.now() - startMs;
    figures.slowestMs = Math.max(figures.slowestMs, ms);
    if (ms > SLOW_MS) fail('slow', `${Math.round(ms)} ms`);
    for (const error of world.takeInternalErrors()) fail('crash', String((error as Error).stack));
    if (intact) {
      figures[answer.accepted ? 'intactAccepted' : 'intactRefused'] += 1;
      if (answer.accepted) count(figures.intactBy, names.join(' + '));
      continue;
    }
    figures.cases += 1;
    if (socket) figures.overSocket += 1;
    count(figures.byForm, form.name);
    const code = codeOf(answer, request, socket);
    count(figures.byCode, code ?? 'none');
    if (answer.accepted) fail('accepted', `${answer.status} ${code}`);
    else if (code === undefined) fail('malformed', `${answer.status} ${answer.body.slice(0, 300)}`);
  }
  await requireAccepted(world, forms);
  return figures;
}

/** The signature stays, and what it was made for changes. */
function tamper(request: FuzzRequest, random: Random, names: string[]): FuzzRequest {
  if (random.next() >= 0.1) return request;
  const what = random.pick(['method', 'path', 'header'] as const);
  names.push(`another ${what}`);
  if (what === 'method') return { ...request, method: random.pick(['GET', 'PUT', 'HEAD', 'DELETE', 'POST', 'PATCH']) };
  if (what === 'path')
    return { ...request, path: `${request.path}${random.pick(['x', '/', '%20', '%2e', '.', '%00'])}` };
  const at = random.between(0, request.headers.length - 1);
  const headers = request.headers.map((pair, i) => (i === at ? ([pair[0], `${pair[1]}x`] as const) : pair));
  return { ...request, headers };
}

/** Else the fuzzer would show nothing. */
async function requireAccepted(world: World, forms: readonly Form[]): Promise<void> {
  for (const form of forms) {
    for (const send of [sendInProcess, sendOverSocket]) {
      const { status, body, accepted } = await send(world, form.request);
      if (!accepted) throw new Error(`${form.name}: the valid request was answered ${status} ${body}`);
    }
  }
}

/** @returns undefined for an answer that is no error of the protocol */
function codeOf({ status, body }: Answer, { method }: FuzzRequest, socket: boolean): string | undefined {
  if (status === 0 && socket) return NO_ANSWER;
  if (status < 400) return undefined;
  if (method === 'HEAD') return body === '' ? `HEAD ${status}` : undefined;
  return /^<\?xml[^>]*>\s*<Error>\s*<Code>([A-Za-z0-9]+)<\/Code>[\s\S]*<RequestId>[\s\S]*<\/Error>\s*$/.exec(body)?.[1];
}

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

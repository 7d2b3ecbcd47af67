/** Runs a driver and reads its answers: a JSON line for each case. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Case, Json } from './case.ts';
import type { Command } from './client.ts';

export type Result =
  | { readonly state: 'passed' }
  | { readonly state: 'failed'; readonly why: string; readonly observed?: Json }
  | { readonly state: 'left out'; readonly why: string };

interface Line {
  readonly id: string;
  readonly ok: boolean;
  readonly observed?: Json;
  readonly error?: string;
  readonly leftOut?: string;
}

export interface DriverRun {
  /** Case id → result; every case has one. */
  readonly results: ReadonlyMap<string, Result>;
  /** Of cases that ran to their end. */
  readonly observed: ReadonlyMap<string, Json>;
}

/** The longest text of an error that is kept. */
const LONGEST_ERROR = 300;
const LONGEST_NOISE = 4_000;

/** @param limitMs the driver is killed after so many ms; its missing answers are failures */
export async function runDriver(
  command: Command,
  env: Readonly<Record<string, string>>,
  cases: readonly Case[],
  limitMs: number,
): Promise<DriverRun> {
  const child = spawn(command.program, command.args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...withoutProxies(process.env), ...command.env, ...env },
  });
  let noise = '';
  child.stderr.on('data', (chunk: Buffer) => {
    noise = (noise + chunk.toString()).slice(-LONGEST_NOISE);
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), limitMs);
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
  const lines = new Map<string, Line>();
  for await (const text of createInterface({ input: child.stdout })) {
    const line = readLine(text);
    if (line !== undefined) lines.set(line.id, line);
  }
  const end = await ended;
  clearTimeout(timer);
  const results = new Map<string, Result>();
  const observed = new Map<string, Json>();
  for (const { id, expected } of cases) {
    const line = lines.get(id);
    if (line?.ok === true) observed.set(id, line.observed ?? null);
    results.set(id, line === undefined ? unanswered(end, noise) : judge(line, expected));
  }
  return { results, observed };
}

function unanswered(end: string, noise: string): Result {
  return { state: 'failed', why: `no answer (${end}) ${noise.slice(-LONGEST_ERROR)}`.trim() };
}

/** Clients print what they like; answers are the lines that are objects with an id. */
function readLine(text: string): Line | undefined {
  if (!text.startsWith('{"')) return undefined;
  try {
    const line = JSON.parse(text) as Line;
    return typeof line.id === 'string' ? line : undefined;
  } catch {
    return undefined;
  }
}

function judge(line: Line, expected: Json): Result {
  if (line.leftOut !== undefined) return { state: 'left out', why: line.leftOut };
  if (!line.ok) return { state: 'failed', why: (line.error ?? 'no reason given').slice(0, LONGEST_ERROR) };
  const observed = line.observed ?? null;
  if (same(observed, expected)) return { state: 'passed' };
  return { state: 'failed', why: `observed ${JSON.stringify(observed)}`.slice(0, LONGEST_ERROR), observed };
}

/** Equal as JSON, whatever the order of names. */
export function same(a: Json, b: Json): boolean {
  return JSON.stringify(ordered(a)) === JSON.stringify(ordered(b));
}

function ordered(value: Json): Json {
  if (Array.isArray(value)) return value.map(ordered);
  if (value === null || typeof value !== 'object') return value;
  const pairs = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(pairs.map(([name, inner]) => [name, ordered(inner)]));
}

/** A proxy of the machine must not stand between a client and a server on the same machine. */
function withoutProxies(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^(?:https?|all|no)_proxy$/i.test(name)));
}

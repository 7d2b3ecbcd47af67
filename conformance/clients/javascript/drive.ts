/** Runs the steps of a driver in JavaScript and prints a JSON line for each case. */
import type { Json } from '../../case.ts';

/** One step takes at most so many ms. */
const LONGEST_STEP_MS = 20_000;

/** Case → what it observes. */
type StepsOn<Context> = Readonly<Record<string, (context: Context, id: string) => Promise<Json>>>;

/**
 * @param leftOut case → why this client has no step for it
 * @param longestMs of one step
 */
export async function drive<Context>(
  context: Context,
  steps: StepsOn<Context>,
  leftOut: Readonly<Record<string, string>>,
  longestMs = LONGEST_STEP_MS,
): Promise<void> {
  const ids = JSON.parse(process.env['CONFORMANCE_CASES'] ?? '[]') as string[];
  for (const id of ids) print({ id, ...(await answer(context, steps, leftOut, id, longestMs)) });
}

async function answer<Context>(
  context: Context,
  steps: StepsOn<Context>,
  leftOut: Readonly<Record<string, string>>,
  id: string,
  longestMs: number,
): Promise<object> {
  const why = leftOut[id];
  if (why !== undefined) return { ok: false, leftOut: why };
  const step = steps[id];
  if (step === undefined) return { ok: false, error: 'the driver does not know this case' };
  try {
    return { ok: true, observed: await within(step(context, id), longestMs) };
  } catch (error) {
    return { ok: false, error: textOf(error) };
  }
}

function within<T>(work: Promise<T>, longestMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no end after ${longestMs} ms`)), longestMs);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** Errors of the SDKs are objects of many kinds. */
function textOf(error: unknown): string {
  const { message, code, statusCode } = error as { message?: string; code?: string; statusCode?: number };
  return [statusCode, code, message ?? JSON.stringify(error)].filter((part) => part !== undefined).join(' ');
}

function print(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

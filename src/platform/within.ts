/** A wait with an end. */

export const TOO_LATE = Symbol('too late');

/** What the work gives, or `TOO_LATE` after `ms`; the work goes on then, and what it fails with is nobody's. */
export async function within<T>(work: Promise<T>, ms: number): Promise<T | typeof TOO_LATE> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<typeof TOO_LATE>((resolve) => {
    timer = setTimeout(() => resolve(TOO_LATE), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

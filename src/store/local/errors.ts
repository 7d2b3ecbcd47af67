import { constants } from 'node:os';
import { StoreError } from '../store.ts';

/** An error of the disk in the words of the port: no space is `full`, anything else `failed`. */
export function diskError(error: unknown, doing: string): StoreError {
  if (error instanceof StoreError) return error;
  const kind = isFull(error) ? 'full' : 'failed';
  return new StoreError(kind, `${doing}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
}

/** True for "no space left on device" and "quota exceeded". */
export function isFull(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  // lmdb gives the number.
  return (
    code === 'ENOSPC' ||
    code === 'EDQUOT' ||
    code === constants.errno.ENOSPC ||
    (error instanceof StoreError && error.kind === 'full')
  );
}

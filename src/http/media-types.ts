/** Media types by the suffixes of names. */
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
let lookup: ((name: string) => string | false) | undefined;

/**
 * The table is read when it is first asked for: that takes longer than any other module of the start.
 * @param suffix with its dot: the library takes a bare name for a suffix
 */
export function mediaTypeOf(suffix: string): string | undefined {
  lookup ??= (require('mime-types') as typeof import('mime-types')).lookup;
  return lookup(suffix) || undefined;
}

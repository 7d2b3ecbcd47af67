/**
 * Request headers that ask for what is not built. They are refused, never ignored (docs/INVARIANTS.md 4): a client
 * that asked for image processing must not believe it got it.
 */
import { CosError } from '../../errors/cos-error.ts';
import { headersWithPrefix } from '../../http/headers.ts';
import type { HeaderSource } from './header-source.ts';

/** No operation takes it. */
const EVERYWHERE = 'pic-operations';
/** For writes that no callback server and no template answers (spec/objects.md §12 has PUT, POST and Complete). */
export const UPLOAD_ANSWERS = ['x-cos-callback', 'x-cos-return-body'] as const;

/**
 * @param here beginnings of names that this operation alone does not take, lower case
 * @throws CosError NotImplemented, naming the header
 */
export function refuseUnsupported(source: HeaderSource, here: readonly string[] = []): void {
  if (source.header(EVERYWHERE) !== undefined) throw notBuilt(EVERYWHERE);
  for (const prefix of here) {
    if (source.header(prefix) !== undefined) throw notBuilt(prefix);
    const [longer] = headersWithPrefix(source.rawHeaders, prefix);
    if (longer !== undefined) throw notBuilt(`${prefix}${longer[0]}`);
  }
}

function notBuilt(name: string): CosError {
  return new CosError('NotImplemented', { message: `${name} is not implemented here`, close: true });
}

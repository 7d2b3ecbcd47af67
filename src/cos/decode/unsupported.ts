/**
 * Request headers that ask for what is not built. They are refused, never ignored (docs/INVARIANTS.md 4): a client
 * that asked for encryption must not believe it got it.
 */
import { CosError } from '../../errors/cos-error.ts';
import type { CosRequest } from '../request.ts';

const REFUSED: readonly string[] = [
  'x-cos-callback',
  'x-cos-callback-var',
  'x-cos-return-body',
  'x-cos-traffic-limit',
  'pic-operations',
];
const REFUSED_NAMES: ReadonlySet<string> = new Set(REFUSED);
const SHORTEST = Math.min(...REFUSED.map((name) => name.length));

/** @throws CosError NotImplemented, naming the header */
export function refuseUnsupported({ wire, query }: CosRequest): void {
  const { rawHeaders } = wire;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!;
    if (name.length < SHORTEST) continue;
    const first = name.charCodeAt(0) | 32;
    if (first !== 120 && first !== 112) continue; // x, p
    const folded = name.toLowerCase();
    if (REFUSED_NAMES.has(folded) && rawHeaders[i + 1]!.trim() !== '') throw notBuilt(folded);
  }
  if (query.size > 0 && query.hasFolded('x-cos-traffic-limit')) throw notBuilt('x-cos-traffic-limit');
}

function notBuilt(name: string): CosError {
  return new CosError('NotImplemented', { message: `${name} is not implemented`, close: true });
}

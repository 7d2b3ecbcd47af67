/**
 * Request headers that ask for what is not built. They are refused, never ignored (docs/INVARIANTS.md 4): a client
 * that asked for image processing must not believe it got it.
 */
import { CosError } from '../../errors/cos-error.ts';
import type { HeaderSource } from './header-source.ts';

const REFUSED: readonly string[] = ['pic-operations'];

/** @throws CosError NotImplemented, naming the header */
export function refuseUnsupported({ rawHeaders }: HeaderSource): void {
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!;
    if ((name.charCodeAt(0) | 32) !== 112) continue; // p
    const folded = name.toLowerCase();
    if (REFUSED.includes(folded) && rawHeaders[i + 1]!.trim() !== '') {
      throw new CosError('NotImplemented', { message: `${folded} is not implemented`, close: true });
    }
  }
}

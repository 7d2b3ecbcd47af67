/** Headers as decoders read them: of a request, or of the fields of a form that stand for headers. */
import type { WireRequest } from '../../http/types.ts';

export interface HeaderSource extends Pick<WireRequest, 'header' | 'rawHeaders'> {
  /** Names of metadata may hold underscores, and values may be empty. */
  readonly looseMetadata?: boolean;
  /** The protocol has the lock mode GOVERNANCE too. */
  readonly knowsGovernance?: boolean;
  /** The protocol's objects have ACLs of their own instead of inheriting one, which may grant WRITE too. */
  readonly ownAcls?: boolean;
}

const RARE = ['x-cos-grant-', 'x-cos-server-side-encryption', 'x-cos-tagging', 'x-cos-object-lock-'] as const;
const SHORTEST = Math.min(...RARE.map((prefix) => prefix.length));

/** Whether any header is there that few writes bring: one look instead of a look-up for each of them. */
export function hasRareHeaders({ rawHeaders }: HeaderSource): boolean {
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!;
    if (name.length < SHORTEST || (name.charCodeAt(0) | 32) !== 120) continue; // x
    const folded = name.toLowerCase();
    if (RARE.some((prefix) => folded.startsWith(prefix))) return true;
  }
  return false;
}

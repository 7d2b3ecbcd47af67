/** What a COS dialect is given. */
import type { FailedSignatures } from '../access/failed-signatures.ts';
import type { KeyRing } from '../access/identity.ts';
import type { HostResolver } from '../http/host.ts';
import type { WireRequest } from '../http/types.ts';
import type { Services } from '../model/services.ts';
import type { BareNameOptions } from './bare-names.ts';
import type { ErrorSettings } from './errors.ts';
import type { Refusals } from './explain/refusals.ts';
import type { Face } from './face.ts';
import type { FaultSettings } from './faults.ts';
import type { MoveSettings } from './moves.ts';

export interface CosDialectOptions {
  readonly services: Services;
  readonly hosts: HostResolver;
  /** Whether buckets may stand in the path. Default: `accept`. */
  readonly pathStyle?: 'accept' | 'refuse';
  /** Names of `LIVE_QUIRKS`, or `all`. Default: none. */
  readonly strict?: readonly string[];
  /** Take buckets that are named without APPID. Default: not. */
  readonly bareNames?: Omit<BareNameOptions, 'services' | 'keyRing' | 'claimedKey'>;
  /** Protocols beside that of COS. Default: none. */
  readonly faces?: readonly Face[];
  /** Buckets whose objects ask for faults. Default: none. */
  readonly faults?: FaultSettings;
  /** Buckets whose clients are led to their region. Default: none. */
  readonly moves?: MoveSettings;
  readonly keyRing: KeyRing;
  readonly defaultRegion: string;
  readonly errors: ErrorSettings;
  /** From so long on a long operation answers with blanks, one each so often, ms. */
  readonly slowAnswerMs: number;
  /** Bounds wrong signatures. Default: any number. */
  readonly failedSignatures?: FailedSignatures;
  /** Where refused requests are remembered. Default: nowhere. */
  readonly refusals?: Refusals;
  /** Port of HTTPS, where websites send browsers that came without. Default: the usual one. */
  readonly httpsPort?: () => number | undefined;
  /** Told of errors that are ours, not the client's. */
  readonly onInternalError: (error: unknown, request: WireRequest | undefined) => void;
}

/** The protocols of a server, and which of them a request speaks. Source: spec/s3.md §3. */
import type { CosError } from '../errors/cos-error.ts';
import { hasAppid, splitPathStyle } from '../http/bucket-name.ts';
import type { HostResolver } from '../http/host.ts';
import { decodePath } from '../http/target.ts';
import type { WireRequest } from '../http/types.ts';
import type { BareNames } from './bare-names.ts';
import type { ErrorSettings, ResolvedError } from './errors.ts';
import { COS_FACE, type Face, type SpokenNames } from './face.ts';
import type { FormDialect } from './post/form-dialect.ts';

export class Faces {
  /** Forms that are told apart from those of COS by their fields. */
  readonly forms: readonly FormDialect[];
  readonly #others: readonly Face[];
  readonly #names: SpokenNames;
  readonly #errors: ErrorSettings;
  readonly #resolvers = new Map<Face, (error: CosError) => ResolvedError>();

  /**
   * @param others asked in order; COS takes what is left
   * @param bareNames gives undefined where buckets are not named without APPID
   */
  constructor(
    others: readonly Face[],
    hosts: HostResolver,
    errors: ErrorSettings,
    bareNames: () => Pick<BareNames, 'isBare'> | undefined,
  ) {
    this.#others = others;
    this.#names = {
      isS3Host: ({ host }) => hosts.isS3(host),
      isBareBucket: (request) => isBareBucket(request, hosts, bareNames()),
    };
    this.#errors = errors;
    this.forms = others.flatMap(({ form }) => form ?? []);
  }

  of(request: WireRequest): Face {
    for (const face of this.#others) if (face.takes(request, this.#names)) return face;
    return COS_FACE;
  }

  /** A form speaks for itself: nothing else of its request need say which protocol it is. */
  spoken(face: Face, form: FormDialect | undefined): Face {
    return form === undefined ? face : (this.#others.find((one) => one.form === form) ?? face);
  }

  /** One function a face, so that requests need not make their own. */
  resolver(face: Face): (error: CosError) => ResolvedError {
    let resolver = this.#resolvers.get(face);
    if (resolver === undefined) {
      resolver = (error) => face.resolve(error, this.#errors);
      this.#resolvers.set(face, resolver);
    }
    return resolver;
  }
}

/** What ends like an APPID is read as one, of whatever account: buckets of COS are named no other way. */
function isBareBucket(
  { host, rawPath }: WireRequest,
  hosts: HostResolver,
  bareNames: Pick<BareNames, 'isBare'> | undefined,
): boolean {
  if (bareNames === undefined) return false;
  let label: string;
  try {
    const target = hosts.resolve(host);
    if (target.type === 'bare-bucket' && target.kind !== 'website') label = target.label;
    else if (target.type === 'path-style') label = decodePath(splitPathStyle(rawPath).bucket);
    else return false;
  } catch {
    // Told of where the address is read.
    return false;
  }
  return label !== '' && !hasAppid(label) && bareNames.isBare(label);
}

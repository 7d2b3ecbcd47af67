/** The protocols of a server, and which of them a request speaks. Source: spec/s3.md §3. */
import type { CosError } from '../errors/cos-error.ts';
import type { HostResolver } from '../http/host.ts';
import type { WireRequest } from '../http/types.ts';
import type { ErrorSettings, ResolvedError } from './errors.ts';
import { COS_FACE, type Face } from './face.ts';
import type { FormDialect } from './post/form-dialect.ts';

export class Faces {
  /** Forms that are told apart from those of COS by their fields. */
  readonly forms: readonly FormDialect[];
  readonly #others: readonly Face[];
  readonly #hosts: HostResolver;
  readonly #errors: ErrorSettings;
  readonly #resolvers = new Map<Face, (error: CosError) => ResolvedError>();

  /** @param others asked in order; COS takes what is left */
  constructor(others: readonly Face[], hosts: HostResolver, errors: ErrorSettings) {
    this.#others = others;
    this.#hosts = hosts;
    this.#errors = errors;
    this.forms = others.flatMap(({ form }) => form ?? []);
  }

  of(request: WireRequest): Face {
    for (const face of this.#others) if (face.takes(request, this.#hosts)) return face;
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

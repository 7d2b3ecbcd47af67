/**
 * What a case of the conformance suite is: one fact about the service, as clients see it. A case is an assumption
 * until somebody runs it against the real service.
 */

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

export interface Case {
  /** Also the folder of the case's keys in the bucket. */
  readonly id: string;
  readonly title: string;
  /** Where the service's behaviour is written down: section of the specification. */
  readonly spec: string;
  /** Name of the one client that does it; that client does no other cases. */
  readonly only?: string;
  /** What every client must observe. */
  readonly expected: Json;
}

/** A case in one line. */
export function fact(id: string, title: string, spec: string, expected: Json): Case {
  return { id, title, spec, expected };
}

/** What a request of S3 proves to be once its signature is checked. */
import type { Identity } from '../../access/identity.ts';
import type { Payload } from './payload.ts';

export interface S3Signed {
  readonly identity: Identity;
  /** What its body is held against. */
  readonly payload: Payload;
}

/** What the logs learn of a request. */
import type { SignedIdentity } from '../access/identity.ts';
import type { AccessLog } from '../features/access-logging/rules.ts';
import type { RequestTrace } from '../model/request-trace.ts';
import type { FaultNote } from './fault-rules.ts';
import type { FormDialect } from './post/form-dialect.ts';

export interface AccessNote extends RequestTrace {
  operation?: string;
  bucket?: string | undefined;
  key?: string | undefined;
  secretId?: string;
  /** Who signed. */
  identity?: SignedIdentity;
  /** Code and message of the error document. */
  code?: string;
  message?: string;
  /** Whose fields a form has that is not of COS. */
  form?: FormDialect | undefined;
  /** What the fault rules did to it. */
  fault?: FaultNote;
  /** Rows that a listing looked at. */
  rows?: number;
  /** Where the bucket wants its requests logged. */
  log?: AccessLog;
  /** When the answer was ready to be sent, monotonic ms; where the bucket logs. */
  answeredAtMs?: number;
}

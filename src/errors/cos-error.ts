/**
 * The one error type that travels from any layer to the renderer of a dialect.
 *
 * Code and status are not decided here: the table (table.ts) and the active profile give the status and, where the
 * profiles differ, the spelling. Source: spec/errors.md "Shape of an error", "Which status and spelling".
 */
import type { ErrorCode } from './codes.ts';

export interface ErrorFacts {
  /** Where the next append would have to begin, bytes (AppendPositionErr). */
  readonly appendPosition?: number;
  /** Id of the delete marker that was named (NoSuchKey). */
  readonly deleteMarker?: string;
  /** Size of the object whose range was asked for, bytes (InvalidRange). */
  readonly objectSize?: number;
  /** Class of the archived object (InvalidObjectState). */
  readonly storageClass?: string;
  /** Where the resource is instead, a whole URL (PermanentRedirect, TemporaryRedirect, Redirect). */
  readonly location?: string;
  /** When another try makes sense (SlowDown, ServiceUnavailable). */
  readonly retryAfterSeconds?: number;
}

export interface CosErrorDetails {
  /** Replaces the table's message. Plain text without XML-special characters where it can be helped. */
  readonly message?: string;
  /** Flat child elements after Message, in order (`StringToSign`, `ServerTime` …). */
  readonly elements?: readonly (readonly [name: string, value: string])[];
  /** What a client needs to know besides; each dialect has its own headers for it. */
  readonly facts?: ErrorFacts;
  /** Needed only where a code stands in the table with several statuses. */
  readonly status?: number;
  /** The connection must not be reused (a body was left unread). */
  readonly close?: boolean;
  readonly cause?: unknown;
  /** What decided, for administrators: never part of an answer. */
  readonly rule?: string;
}

export class CosError extends Error {
  readonly code: ErrorCode;
  readonly details: CosErrorDetails;

  constructor(code: ErrorCode, details: CosErrorDetails = {}) {
    super(details.message ?? code, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'CosError';
    this.code = code;
    this.details = details;
  }
}

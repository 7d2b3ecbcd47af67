/**
 * How an operation is declared. The declarations are the only source of the router, of the operation table in the
 * documents and of what a dialect must be able to decode.
 */
import type { Access, Requester } from '../access/authorize.ts';
import type { ErrorCode } from '../errors/codes.ts';
import type { BucketEntry } from '../model/buckets.ts';
import type { Services } from '../model/services.ts';

export type Level = 'service' | 'bucket' | 'object';
export type Method = 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE' | 'OPTIONS';

/** Tells operations of one method and sub-resource apart. */
export type Variant =
  /** a copy source is named */
  | 'copy'
  /** `list-type=2` */
  | 'list-v2'
  /** an `id` parameter is present */
  | 'with-id';

export interface Route {
  readonly level: Level;
  readonly method: Method;
  /** The reserved query name; undefined for the plain operation. */
  readonly subresource?: string;
  readonly variant?: Variant;
}

export interface ServiceContext extends Requester {
  readonly services: Services;
  /** Of the operation that runs, without prefix. */
  readonly actions: readonly string[];
}

export interface BucketContext extends ServiceContext {
  readonly bucket: BucketEntry;
}

interface Declaration extends Route {
  /** COS's own name of the operation. */
  readonly name: string;
  /** Action in policies. */
  readonly action: string;
  /** Further actions that stand for it, without prefix: a statement that names one of them names the operation. */
  readonly alsoActions?: readonly string[];
  readonly access: Access;
  /** A listing: policies are asked about its prefix too (spec/access.md §10). */
  readonly byPrefix?: true;
  readonly success: readonly number[];
  /** Codes it can raise beside `COMMON_ERRORS`. */
  readonly errors: readonly ErrorCode[];
  /** May take longer than clients wait for a first byte: a 200 is sent meanwhile, and the outcome follows in its body. */
  readonly longRunning?: true;
  /** Where its rules are written. */
  readonly spec: string;
}

interface Declared extends Declaration {
  /** All its actions, without prefix. */
  readonly actions: readonly string[];
}

export interface ServiceOperation<I, O> extends Declared {
  readonly needsBucket: false;
  run(context: ServiceContext, input: I): Promise<O>;
}

export interface BucketOperation<I, O> extends Declared {
  readonly needsBucket: true;
  run(context: BucketContext, input: I): Promise<O>;
}

export type Operation<I, O> = ServiceOperation<I, O> | BucketOperation<I, O>;

/** Any operation, where only its declaration matters. */
export type AnyOperation = Operation<never, unknown>;

type Undeclared = 'needsBucket' | 'actions';

/** An operation of the service, or one whose bucket need not exist. */
export function serviceOperation<I, O>(declaration: Omit<ServiceOperation<I, O>, Undeclared>): ServiceOperation<I, O> {
  return { ...declaration, needsBucket: false, actions: actionsOf(declaration) };
}

/** An operation on an existing bucket or an object in it. */
export function bucketOperation<I, O>(declaration: Omit<BucketOperation<I, O>, Undeclared>): BucketOperation<I, O> {
  return { ...declaration, needsBucket: true, actions: actionsOf(declaration) };
}

const ACTION_PREFIX = 'name/cos:';

function actionsOf({ action, alsoActions = [] }: Declaration): string[] {
  return [action.slice(ACTION_PREFIX.length), ...alsoActions];
}

/** What any request can meet (spec/buckets.md §1.5). */
export const COMMON_ERRORS: readonly ErrorCode[] = [
  'AccessDenied',
  'InternalError',
  'InvalidAccessKeyId',
  'InvalidBucketName',
  'InvalidRegionName',
  'InvalidURI',
  'MaxMessageLengthExceeded',
  'MethodNotAllowed',
  'MissingAppid',
  'MissingHost',
  'NoSuchBucket',
  'NotImplemented',
  'RequestTimeTooSkewed',
  'ServiceUnavailable',
  'SignatureDoesNotMatch',
  'SlowDown',
  'UnavailableForLegalReasons',
  'UnexpectedContent',
  'VerifyAlgorithmNotSupported',
];

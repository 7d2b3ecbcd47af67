/** How Amazon S3 spells operations: those it spells otherwise than COS, and those that COS has not. */
import type { AnyCodec } from '../../cos/codec.ts';
import * as acl from './acl.ts';
import * as attributes from './attributes.ts';
import * as buckets from './buckets.ts';
import * as cors from './cors.ts';
import * as encryption from './encryption.ts';
import * as lifecycle from './lifecycle.ts';
import * as listings from './listings.ts';
import * as lock from './lock.ts';
import * as logging from './logging.ts';
import * as multipart from './multipart.ts';
import * as objects from './objects.ts';
import * as ownership from './ownership.ts';
import * as policy from './policy.ts';
import * as publicAccess from './public-access.ts';
import * as reads from './reads.ts';
import * as restore from './restore.ts';
import * as service from './service.ts';
import * as small from './small.ts';
import * as tagging from './tagging.ts';

/** Of two codecs of one operation the later one counts. */
export const S3_CODECS: readonly AnyCodec[] = [
  service,
  listings,
  objects,
  multipart,
  reads,
  attributes,
  acl,
  cors,
  encryption,
  restore,
  lifecycle,
  lock,
  buckets,
  ownership,
  policy,
  publicAccess,
  small,
  logging,
  tagging,
].flatMap((room): AnyCodec[] => Object.values(room));

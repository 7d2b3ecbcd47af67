/** Every operation the COS dialect can read and write. A test holds it against the operations' registry. */
import type { AnyCodec } from '../codec.ts';
import * as bucketAccelerate from './bucket-accelerate.ts';
import * as bucketAcl from './bucket-acl.ts';
import * as bucketDomain from './bucket-domain.ts';
import * as bucketDomainCertificate from './bucket-domain-certificate.ts';
import * as bucketEncryption from './bucket-encryption.ts';
import * as bucketIntelligentTiering from './bucket-intelligent-tiering.ts';
import * as bucketInventory from './bucket-inventory.ts';
import * as bucketLifecycle from './bucket-lifecycle.ts';
import * as bucketLogging from './bucket-logging.ts';
import * as bucketOrigin from './bucket-origin.ts';
import * as bucketPolicy from './bucket-policy.ts';
import * as bucketReferer from './bucket-referer.ts';
import * as bucketReplication from './bucket-replication.ts';
import * as bucketStrictSignature from './bucket-strict-signature.ts';
import * as bucketTagging from './bucket-tagging.ts';
import * as bucketWebsite from './bucket-website.ts';
import * as buckets from './buckets.ts';
import * as cors from './cors.ts';
import * as forms from './forms.ts';
import * as listings from './listings.ts';
import * as multipart from './multipart.ts';
import * as objects from './objects.ts';
import * as properties from './properties.ts';
import * as reads from './reads.ts';
import * as select from './select.ts';
import * as service from './service.ts';
import * as symlinks from './symlinks.ts';

export const CODECS: readonly AnyCodec[] = [
  service,
  buckets,
  bucketAcl,
  bucketPolicy,
  bucketTagging,
  bucketWebsite,
  bucketDomain,
  bucketDomainCertificate,
  bucketOrigin,
  bucketInventory,
  bucketLogging,
  bucketReferer,
  bucketStrictSignature,
  bucketEncryption,
  bucketIntelligentTiering,
  bucketAccelerate,
  bucketLifecycle,
  bucketReplication,
  cors,
  listings,
  objects,
  forms,
  reads,
  multipart,
  properties,
  symlinks,
  select,
].flatMap((room): AnyCodec[] => Object.values(room));

/** Every operation the COS dialect can read and write. A test holds it against the operations' registry. */
import type { AnyCodec } from '../codec.ts';
import * as buckets from './buckets.ts';
import * as listings from './listings.ts';
import * as multipart from './multipart.ts';
import * as objects from './objects.ts';
import * as reads from './reads.ts';
import * as service from './service.ts';

export const CODECS: readonly AnyCodec[] = [service, buckets, listings, objects, reads, multipart].flatMap(
  (room): AnyCodec[] => Object.values(room),
);

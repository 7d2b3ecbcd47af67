/** Every operation the COS dialect can read and write. A test holds it against the operations' registry. */
import type { AnyCodec } from '../codec.ts';
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

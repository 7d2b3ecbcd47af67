/** Settings that make the server as narrow as the live service: docs/s3.md. */
import { z } from 'zod';
import { setting } from './setting-meta.ts';
import { list } from './values.ts';

const QUIRK = /^(?:all|attachment|chunked|content-md5|packages|path-style|s3-only)$/;
const NAMES = 'all, attachment, chunked, content-md5, packages, path-style or s3-only';

export const compat = z.strictObject({
  strict: setting(list(QUIRK, NAMES, 16).default([]), {
    description:
      'Limits of the live service that this server has not, so that clients can be tested for them: `path-style` refuses buckets in the path (`PathStyleDomainForbidden`), `content-md5` wants it on a multi-delete of S3 whatever checksum there is, `chunked` refuses bodies of S3 with trailers, `s3-only` refuses what only S3 has, `packages` forbids downloads of .apk and .ipa and `attachment` makes every download one on hosts of the base domains; `all`.',
    placeholder: 'name',
  }),
});

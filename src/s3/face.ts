/** The API of Amazon S3 on the operations of COS. Source: spec/s3.md. */
import { CODECS } from '../cos/codecs/index.ts';
import { codecTable, type Face } from '../cos/face.ts';
import { PENDING } from '../operations/pending.ts';
import { OPERATIONS } from '../operations/registry.ts';
import { Router } from '../operations/router.ts';
import { S3_OPERATIONS } from '../operations/s3-registry.ts';
import { bodyOf } from './body/body-of.ts';
import { s3Codec } from './codecs/checked.ts';
import { S3_CODECS } from './codecs/index.ts';
import { isS3Request, isUnsigned } from './detect.ts';
import { renderS3Error, resolveS3 } from './errors.ts';
import { requireExpectedOwner } from './expected-owner.ts';
import { S3_FORM } from './form/form.ts';
import { s3Reply } from './reply.ts';
import { authenticateS3 } from './signature/authenticate.ts';
import { claimedS3Key } from './signature/claimed-key.ts';
import { S3Request } from './wire.ts';

export const S3_FACE: Face = {
  takes: (request, names) =>
    isS3Request(request) || names.isS3Host(request) || (isUnsigned(request) && names.isBareBucket(request)),
  open: (request) => new S3Request(request),
  router: new Router([...OPERATIONS, ...S3_OPERATIONS], PENDING),
  codecs: codecTable([...CODECS, ...S3_CODECS].map(s3Codec)),
  claimedKey: claimedS3Key,
  authenticate(opened, address, query, keyRing, nowMs) {
    const request = opened as S3Request;
    const { identity, payload } = authenticateS3(request.sent, address, query, keyRing, nowMs);
    request.requireOneMeaning();
    request.unframe(bodyOf(request.sent, payload));
    return identity;
  },
  requireBucket: requireExpectedOwner,
  resolve: resolveS3,
  renderError: renderS3Error,
  finish: s3Reply,
  form: S3_FORM,
  corsByAskedMethod: true,
  explained: false,
  bareLabels: true,
};

/** Documents are checked against the checksum that comes with them; what objects are made of is checked where it is stored. */
import type { AnyCodec } from '../../cos/codec.ts';
import { completeMultipartUpload } from '../../operations/complete-multipart-upload.ts';
import type { AnyOperation } from '../../operations/operation.ts';
import { putObject } from '../../operations/put-object.ts';
import { uploadPart } from '../../operations/upload-part.ts';
import { bodyChecksum, checkedBody } from '../checksums.ts';
import type { S3Call } from './over.ts';

/** That of Complete is of the object, not of the document. */
const STORED: ReadonlySet<AnyOperation> = new Set<AnyOperation>([putObject, uploadPart, completeMultipartUpload]);

/** A codec of this protocol, with what all of them have in common. */
export function s3Codec(codec: AnyCodec): AnyCodec {
  if (STORED.has(codec.operation)) return codec;
  return {
    operation: codec.operation,
    decode(request, limits) {
      const { wire } = request as S3Call;
      if (wire.body.length !== 0) {
        const checksum = bodyChecksum(wire);
        if (checksum?.expected !== undefined) wire.body = checkedBody(wire.body, checksum);
      }
      return codec.decode(request, limits);
    },
    encode: codec.encode,
  };
}

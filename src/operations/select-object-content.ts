/** SELECT Object Content. Source: spec/objects.md §10. */
import { CosError } from '../errors/cos-error.ts';
import { noteRead } from '../features/intelligent-tiering/access-notes.ts';
import { planSelect } from '../features/select/plan.ts';
import type { SelectRequest } from '../features/select/request.ts';
import { openSelect } from '../features/select/run.ts';
import { openContent } from '../model/content.ts';
import { contentStream } from '../model/copy.ts';
import { requireReadable } from '../model/restore.ts';
import { cipherOf } from '../model/unseal.ts';
import { findReadable, type ObjectVersionInput } from './find-object.ts';
import { bucketOperation } from './operation.ts';
import { KMS_ERRORS } from './put-object.ts';

export interface SelectObjectContentInput extends ObjectVersionInput {
  readonly request: SelectRequest;
  /** Told of faults of ours inside an answer that has begun. */
  readonly onFault: (error: unknown) => void;
}

export interface SelectObjectContentResult {
  /** Messages of the event stream; read to the end, or let go of by `return`. */
  readonly messages: AsyncIterable<Buffer>;
}

export const selectObjectContent = bucketOperation<SelectObjectContentInput, SelectObjectContentResult>({
  name: 'SelectObjectContent',
  level: 'object',
  method: 'POST',
  subresource: 'select',
  action: 'name/cos:SelectObjectContent',
  alsoActions: ['GetObject'],
  access: 'object-read',
  success: [200],
  errors: [
    ...KMS_ERRORS,
    'AmbiguousFieldName',
    'BadDigest',
    'Busy',
    'Bzip2DecompressError',
    'CSVParsingError',
    'CastFailed',
    'ComparisonFailed',
    'GzipDecompressError',
    'InvalidArgument',
    'InvalidCompressionFormat',
    'InvalidDigest',
    'InvalidFileHeaderInfo',
    'InvalidJsonType',
    'InvalidObjectState',
    'InvalidQuoteFields',
    'InvalidRequest',
    'InvalidRequestParameter',
    'InvalidTextEncoding',
    'InvalidXML',
    'JSONParsingError',
    'LastRecordParseFail',
    'MissingContentLength',
    'MissingExpectedExpression',
    'MissingInputFormat',
    'MissingInputSerialization',
    'MissingOutputFormat',
    'MissingOutputSerialization',
    'MissingRequestBodyError',
    'MissingRequiredParameter',
    'NoSuchKey',
    'NoSuchVersion',
    'OverMaxRecordSize',
    'SQLParsingError',
    'XMLSizeLimit',
  ],
  spec: 'objects.md §10',
  async run(context, input) {
    const { services, bucket } = context;
    const { request, onFault } = input;
    const plan = planSelect(request, services.clock.nowMs());
    const object = await findReadable(context, input);
    const cipher = cipherOf(services, object.record.attributes, undefined, 'read');
    requireReadable(services, object.record);
    const release = services.selects.take();
    if (release === undefined) throw new CosError('Busy');
    const content = await openContent(services, bucket.record.id, object, cipher).catch((error: unknown) => {
      release();
      throw error;
    });
    noteRead(services, bucket, object);
    const { size } = object.record;
    const source = {
      size,
      async *chunks() {
        try {
          yield* contentStream(content, 0, size).chunks(size);
        } finally {
          release();
          await content.close();
        }
      },
    };
    const messages = await openSelect(plan, source, () => services.clock.monotonicMs(), onFault);
    return { messages };
  },
});

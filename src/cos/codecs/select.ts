/** SELECT Object Content. Source: spec/objects.md §10. */
import { CosError } from '../../errors/cos-error.ts';
import { selectRequest } from '../../features/select/parameters.ts';
import { type XmlElement, xmlChild, xmlExactText, xmlText } from '../../http/xml.ts';
import { selectObjectContent } from '../../operations/select-object-content.ts';
import { codec } from '../codec.ts';
import { readXml } from '../decode/body.ts';
import { versionIdOf } from '../request.ts';

/** The expression alone may have 256 KB (spec/objects.md §2.5). */
const SELECT_BYTES = 512 * 1024;

export const selectObjectContentCodec = codec({
  operation: selectObjectContent,
  async decode(request, limits) {
    const { wire, key, query } = request;
    if (query.get('select-type') !== '2') {
      throw new CosError('InvalidArgument', { message: 'select-type must be 2', close: true });
    }
    const root = await readSelect();
    return { key, versionId: versionIdOf(request), request: selectRequest(rawRequest(root)), onFault: request.onFault };

    async function readSelect(): Promise<XmlElement> {
      try {
        return await readXml(wire, 'SelectRequest', SELECT_BYTES, limits);
      } catch (error) {
        // This operation has a code of its own for it.
        if (error instanceof CosError && error.code === 'MalformedXML') throw new CosError('InvalidXML');
        throw error;
      }
    }
  },
  encode: ({ messages }) => ({
    status: 200,
    headers: ['Content-Type', 'application/octet-stream'],
    body: { stream: messages },
  }),
});

function rawRequest(root: XmlElement): Parameters<typeof selectRequest>[0] {
  const input = xmlChild(root, 'InputSerialization');
  const output = xmlChild(root, 'OutputSerialization');
  const progress = xmlChild(root, 'RequestProgress');
  return {
    expression: xmlText(root, 'Expression'),
    expressionType: xmlText(root, 'ExpressionType'),
    input: input && {
      compressionType: xmlText(input, 'CompressionType'),
      csv: csvOf(xmlChild(input, 'CSV')),
      json: jsonOf(xmlChild(input, 'JSON')),
      parquet: xmlChild(input, 'Parquet') !== undefined,
    },
    output: output && { csv: csvOf(xmlChild(output, 'CSV')), json: jsonOf(xmlChild(output, 'JSON')) },
    progressEnabled: progress && xmlText(progress, 'Enabled'),
  };
}

/** Untrimmed: a delimiter may be a blank. */
function csvOf(element: XmlElement | undefined) {
  return (
    element && {
      fileHeaderInfo: xmlText(element, 'FileHeaderInfo'),
      quoteFields: xmlText(element, 'QuoteFields'),
      recordDelimiter: xmlExactText(element, 'RecordDelimiter'),
      fieldDelimiter: xmlExactText(element, 'FieldDelimiter'),
      quoteCharacter: xmlExactText(element, 'QuoteCharacter'),
      quoteEscapeCharacter: xmlExactText(element, 'QuoteEscapeCharacter'),
      comments: xmlExactText(element, 'Comments'),
      allowQuotedRecordDelimiter: xmlText(element, 'AllowQuotedRecordDelimiter'),
    }
  );
}

function jsonOf(element: XmlElement | undefined) {
  return element && { type: xmlText(element, 'Type'), recordDelimiter: xmlExactText(element, 'RecordDelimiter') };
}

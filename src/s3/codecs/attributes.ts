/** GetObjectAttributes. Source: spec/s3.md §10. */
import { codec, xmlReply } from '../../cos/codec.ts';
import { refuseBody } from '../../cos/decode/body.ts';
import { decodeCustomerKey } from '../../cos/decode/encryption.ts';
import { versionIdOf } from '../../cos/request.ts';
import { CosError } from '../../errors/cos-error.ts';
import { formatHttpDate } from '../../http/http-date.ts';
import { xmlElement } from '../../http/xml-writer.ts';
import type { ShownChecksum } from '../../model/multipart/checksums.ts';
import {
  getObjectAttributes,
  OBJECT_ATTRIBUTES,
  type ObjectAttribute,
  type ObjectParts,
} from '../../operations/get-object-attributes.ts';
import { checksumElements, valueElement } from '../checksums.ts';
import { storageClassOut } from '../names.ts';

const MAX_PARTS = 1_000;

export const getObjectAttributesCodec = codec({
  operation: getObjectAttributes,
  async decode(request) {
    const { wire, key } = request;
    await refuseBody(wire);
    return {
      key,
      versionId: versionIdOf(request),
      attributes: attributesOf(wire.header('x-amz-object-attributes')),
      partNumberMarker: Math.min(
        number(wire.header('x-amz-part-number-marker'), 'x-amz-part-number-marker', 0),
        10_000,
      ),
      maxParts: Math.min(number(wire.header('x-amz-max-parts'), 'x-amz-max-parts', MAX_PARTS), MAX_PARTS),
      customerKey: decodeCustomerKey(wire),
    };
  },
  encode({ versionId, modifiedMs, etag, checksum, objectParts, storageClass, size }) {
    const headers = ['Last-Modified', formatHttpDate(modifiedMs)];
    if (versionId !== undefined) headers.push('x-cos-version-id', versionId);
    const body =
      (etag === undefined ? '' : xmlElement('ETag', etag)) +
      (checksum === undefined ? '' : `<Checksum>${checksumElements(withoutDash(checksum))}</Checksum>`) +
      (objectParts === undefined ? '' : partsElement(objectParts)) +
      (storageClass === undefined ? '' : xmlElement('StorageClass', storageClassOut(storageClass))) +
      (size === undefined ? '' : xmlElement('ObjectSize', size));
    return xmlReply(`<GetObjectAttributesResponse>${body}</GetObjectAttributesResponse>`, headers);
  },
});

/** AWS tells the number of parts here by `ObjectParts` alone, not behind the value. */
const withoutDash = (checksum: ShownChecksum): ShownChecksum => ({ ...checksum, parts: undefined });

/** @throws CosError InvalidArgument */
function attributesOf(header: string | undefined): ReadonlySet<ObjectAttribute> {
  const words = (header ?? '')
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
  const known = words.map((word) => OBJECT_ATTRIBUTES.find((name) => name === word));
  if (words.length === 0 || known.includes(undefined)) {
    throw new CosError('InvalidArgument', {
      message: 'Invalid attribute name specified.',
      elements: [
        ['ArgumentName', 'x-amz-object-attributes'],
        ['ArgumentValue', (header ?? '').slice(0, 200)],
      ],
    });
  }
  return new Set(known as ObjectAttribute[]);
}

function number(text: string | undefined, name: string, fallback: number): number {
  if (text === undefined) return fallback;
  if (!/^\d{1,9}$/.test(text)) throw new CosError('InvalidArgument', { message: `The value of ${name} is no number` });
  return Number(text);
}

/** Parts are listed where they have checksums, as on AWS. */
function partsElement(page: ObjectParts): string {
  let parts = '';
  for (const { partNumber, size, checksum } of page.parts) {
    parts += `<Part>${xmlElement('PartNumber', partNumber)}${xmlElement('Size', size)}${valueElement(checksum)}</Part>`;
  }
  return (
    `<ObjectParts>${xmlElement('PartsCount', page.totalParts)}${xmlElement('PartNumberMarker', page.partNumberMarker)}` +
    `${xmlElement('NextPartNumberMarker', page.nextPartNumberMarker)}${xmlElement('MaxParts', page.maxParts)}` +
    `${xmlElement('IsTruncated', page.truncated)}${parts}</ObjectParts>`
  );
}

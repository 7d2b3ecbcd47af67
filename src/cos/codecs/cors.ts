/** PUT, GET and DELETE Bucket cors, and OPTIONS Object. Source: spec/buckets.md §11, spec/objects.md §8.9. */
import { CosError } from '../../errors/cos-error.ts';
import type { CorsConfiguration, CorsRule } from '../../features/cors/rules.ts';
import { XML_CONFIG_BYTES, type XmlElement, xmlChildren, xmlText } from '../../http/xml.ts';
import { xmlElement, xmlOptional } from '../../http/xml-writer.ts';
import { deleteBucketCors, getBucketCors, putBucketCors } from '../../operations/bucket-cors.ts';
import { optionsObject } from '../../operations/options-object.ts';
import { codec, emptyReply, xmlReply } from '../codec.ts';
import { namesIn, pushAllowance } from '../cors.ts';
import { readXml, refuseBody } from '../decode/body.ts';

const MAX_AGE = /^\d{1,9}$/;

export const putBucketCorsCodec = codec({
  operation: putBucketCors,
  async decode({ wire }, limits): Promise<CorsConfiguration> {
    const root = await readXml(wire, 'CORSConfiguration', XML_CONFIG_BYTES, limits);
    const rules = xmlChildren(root, 'CORSRule').map(decodeRule);
    if (rules.length === 0) throw new CosError('MalformedXML', { message: 'There must be a CORSRule.' });
    return { rules, vary: decodeVary(xmlText(root, 'ResponseVary')) };
  },
  encode: () => emptyReply(),
});

function decodeRule(element: XmlElement): CorsRule {
  const origins = textsOf(element, 'AllowedOrigin');
  const methods = textsOf(element, 'AllowedMethod');
  if (origins.length === 0 || methods.length === 0) {
    throw new CosError('MalformedXML', { message: 'A CORSRule must have an AllowedOrigin and an AllowedMethod.' });
  }
  const maxAge = xmlText(element, 'MaxAgeSeconds') || undefined;
  if (maxAge !== undefined && !MAX_AGE.test(maxAge)) {
    throw new CosError('InvalidArgument', { message: 'MaxAgeSeconds must be a number of seconds.' });
  }
  return {
    id: xmlText(element, 'ID'),
    origins,
    methods,
    headers: textsOf(element, 'AllowedHeader'),
    expose: textsOf(element, 'ExposeHeader'),
    maxAge: maxAge === undefined ? undefined : Number(maxAge),
  };
}

/** Clients send empty elements for what they do not set. */
function textsOf(element: XmlElement, name: string): string[] {
  return xmlChildren(element, name)
    .map(({ text }) => text.trim())
    .filter((text) => text !== '');
}

function decodeVary(text: string | undefined): boolean | undefined {
  switch (text) {
    case undefined:
    case '':
      return undefined;
    case 'true':
      return true;
    case 'false':
      return false;
    default:
      throw new CosError('InvalidArgument', { message: 'ResponseVary must be true or false.' });
  }
}

export const getBucketCorsCodec = codec({
  operation: getBucketCors,
  async decode({ wire }) {
    await refuseBody(wire);
    return undefined;
  },
  encode({ rules, vary }) {
    return xmlReply(
      `<CORSConfiguration>${rules.map(ruleElement).join('')}${xmlOptional('ResponseVary', vary)}</CORSConfiguration>`,
    );
  },
});

function ruleElement({ id, origins, methods, headers, expose, maxAge }: CorsRule): string {
  const content = [
    xmlOptional('ID', id),
    ...origins.map((origin) => xmlElement('AllowedOrigin', origin)),
    ...methods.map((method) => xmlElement('AllowedMethod', method)),
    ...headers.map((header) => xmlElement('AllowedHeader', header)),
    ...expose.map((header) => xmlElement('ExposeHeader', header)),
    xmlOptional('MaxAgeSeconds', maxAge),
  ];
  return `<CORSRule>${content.join('')}</CORSRule>`;
}

export const deleteBucketCorsCodec = codec({
  operation: deleteBucketCors,
  async decode({ wire }) {
    await refuseBody(wire);
    return undefined;
  },
  encode: () => emptyReply(204),
});

export const optionsObjectCodec = codec({
  operation: optionsObject,
  decode: ({ wire }) => ({
    origin: wire.header('origin'),
    method: wire.header('access-control-request-method'),
    headers: namesIn(wire.header('access-control-request-headers') ?? ''),
  }),
  encode(allowance) {
    const headers: string[] = [];
    pushAllowance(headers, allowance);
    return emptyReply(200, headers);
  },
});

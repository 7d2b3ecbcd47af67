/** PUT, GET and DELETE Bucket website. Source: spec/buckets.md §15. */
import { CosError } from '../../errors/cos-error.ts';
import type {
  ErrorDocument,
  Replacement,
  RoutingCondition,
  RoutingRule,
  Switch,
  WebsiteConfiguration,
} from '../../features/website/rules.ts';
import {
  malformedXml,
  XML_CONFIG_BYTES,
  type XmlElement,
  xmlChild,
  xmlChildren,
  xmlExactText,
  xmlText,
} from '../../http/xml.ts';
import { xmlElement, xmlOptional } from '../../http/xml-writer.ts';
import { deleteBucketWebsite, getBucketWebsite, putBucketWebsite } from '../../operations/bucket-website.ts';
import { codec, emptyReply, xmlReply } from '../codec.ts';
import { readXml, refuseBody } from '../decode/body.ts';

const ROOT = 'WebsiteConfiguration';
const NUMBER = /^\d{1,9}$/;

export const putBucketWebsiteCodec = codec({
  operation: putBucketWebsite,
  async decode({ wire }, limits): Promise<WebsiteConfiguration> {
    return decodeWebsite(await readXml(wire, ROOT, XML_CONFIG_BYTES, limits));
  },
  encode: () => emptyReply(),
});

function decodeWebsite(root: XmlElement): WebsiteConfiguration {
  const index = valueIn(xmlChild(root, 'IndexDocument'), 'Suffix');
  if (index === undefined) throw malformedXml('There must be an IndexDocument with a Suffix.');
  const all = xmlChild(root, 'RedirectAllRequestsTo');
  const redirectAll = valueIn(all, 'Protocol');
  if (all !== undefined) refuseForeign(all);
  const auto = xmlChild(root, 'AutoAddressing');
  const error = xmlChild(root, 'ErrorDocument');
  const rules = xmlChild(root, 'RoutingRules');
  return {
    index,
    redirectAll,
    autoAddressing: auto === undefined ? undefined : switchOf(auto, 'Status'),
    errorDocument: error === undefined ? undefined : decodeErrorDocument(error),
    rules: rules === undefined ? [] : xmlChildren(rules, 'RoutingRule').map(decodeRule),
  };
}

function decodeErrorDocument(element: XmlElement): ErrorDocument {
  const key = xmlExactText(element, 'Key');
  if (key === undefined || key === '') throw malformedXml('An ErrorDocument must have a Key.');
  const charity404 = switchOf(element, 'Charity404');
  if (charity404 === 'Enabled')
    throw new CosError('NotImplemented', { message: 'There are no Charity404 pages here.' });
  return { key, originalStatus: switchOf(element, 'OriginalHttpStatus'), charity404 };
}

function decodeRule(element: XmlElement): RoutingRule {
  const condition = decodeCondition(xmlChild(element, 'Condition'));
  const redirect = xmlChild(element, 'Redirect');
  if (redirect === undefined) throw malformedXml('A RoutingRule must have a Redirect.');
  refuseForeign(redirect);
  const replacement = decodeReplacement(redirect);
  if ('prefix' in replacement && 'status' in condition) {
    throw malformedXml('ReplaceKeyPrefixWith goes with KeyPrefixEquals alone.');
  }
  return {
    condition,
    protocol: valueIn(redirect, 'Protocol'),
    replacement,
    urlRedirect: switchOf(redirect, 'URLRedirect'),
  };
}

/** Clients send empty elements for what they do not set. */
function decodeCondition(element: XmlElement | undefined): RoutingCondition {
  const prefix = (element && xmlExactText(element, 'KeyPrefixEquals')) || undefined;
  const status = valueIn(element, 'HttpErrorCodeReturnedEquals');
  if ((prefix === undefined) === (status === undefined)) {
    throw malformedXml('A Condition must have either HttpErrorCodeReturnedEquals or KeyPrefixEquals.');
  }
  if (prefix !== undefined) return { prefix };
  return { status: NUMBER.test(status!) ? Number(status) : 0 };
}

/** An empty prefix takes the beginning of a key away; an empty key is none. */
function decodeReplacement(redirect: XmlElement): Replacement {
  const key = xmlExactText(redirect, 'ReplaceKeyWith') || undefined;
  const prefix = xmlExactText(redirect, 'ReplaceKeyPrefixWith');
  if (key !== undefined && prefix) throw malformedXml('A Redirect must not have two replacements.');
  if (key !== undefined) return { key };
  if (prefix !== undefined) return { prefix };
  throw malformedXml('A Redirect must have a ReplaceKeyWith or a ReplaceKeyPrefixWith.');
}

/** Redirects stay in the bucket; what S3 has beside is not offered. */
function refuseForeign(redirect: XmlElement): void {
  if (valueIn(redirect, 'HostName') !== undefined) {
    throw new CosError('WebsiteURLInvalid', { message: 'HostName is not supported: redirects stay on their host.' });
  }
  if (valueIn(redirect, 'HttpRedirectCode') !== undefined) {
    throw new CosError('NotImplemented', { message: 'HttpRedirectCode is not supported.' });
  }
}

function valueIn(element: XmlElement | undefined, name: string): string | undefined {
  return (element && xmlText(element, name)) || undefined;
}

function switchOf(element: XmlElement, name: string): Switch | undefined {
  const text = valueIn(element, name);
  if (text === undefined || text === 'Enabled' || text === 'Disabled') return text;
  throw new CosError('InvalidArgument', { message: `${name} must be Enabled or Disabled.` });
}

export const getBucketWebsiteCodec = codec({
  operation: getBucketWebsite,
  async decode({ wire }) {
    await refuseBody(wire);
    return undefined;
  },
  encode: (site) => xmlReply(`<${ROOT}>${elementsOf(site)}</${ROOT}>`),
});

function elementsOf({ index, redirectAll, autoAddressing, errorDocument, rules }: WebsiteConfiguration): string {
  return (
    `<IndexDocument>${xmlElement('Suffix', index)}</IndexDocument>` +
    wrapped('RedirectAllRequestsTo', xmlOptional('Protocol', redirectAll)) +
    wrapped('AutoAddressing', xmlOptional('Status', autoAddressing)) +
    (errorDocument === undefined ? '' : errorElement(errorDocument)) +
    wrapped('RoutingRules', rules.map(ruleElement).join(''))
  );
}

function wrapped(name: string, content: string): string {
  return content === '' ? '' : `<${name}>${content}</${name}>`;
}

function errorElement({ key, originalStatus, charity404 }: ErrorDocument): string {
  const content = [
    xmlElement('Key', key),
    xmlOptional('OriginalHttpStatus', originalStatus),
    xmlOptional('Charity404', charity404),
  ];
  return wrapped('ErrorDocument', content.join(''));
}

function ruleElement({ condition, protocol, replacement, urlRedirect }: RoutingRule): string {
  const when =
    'prefix' in condition
      ? xmlElement('KeyPrefixEquals', condition.prefix)
      : xmlElement('HttpErrorCodeReturnedEquals', condition.status);
  const to =
    'prefix' in replacement
      ? xmlElement('ReplaceKeyPrefixWith', replacement.prefix)
      : xmlElement('ReplaceKeyWith', replacement.key);
  const redirect = xmlOptional('Protocol', protocol) + to + xmlElement('URLRedirect', urlRedirect ?? 'Enabled');
  return `<RoutingRule><Condition>${when}</Condition><Redirect>${redirect}</Redirect></RoutingRule>`;
}

export const deleteBucketWebsiteCodec = codec({
  operation: deleteBucketWebsite,
  async decode({ wire }) {
    await refuseBody(wire);
    return undefined;
  },
  encode: () => emptyReply(204),
});

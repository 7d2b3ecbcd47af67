/** One rule of PUT Bucket origin, with the spellings that clients use. Source: spec/buckets.md §18. */
import { CosError } from '../../errors/cos-error.ts';
import type { Affix, OriginHost, OriginRule, OriginType } from '../../features/origin/rules.ts';
import { malformedXml, type XmlElement, xmlChild, xmlChildren, xmlExactText, xmlText } from '../../http/xml.ts';

const NUMBER = /^\d{1,9}$/;
const STANDBY = /^StandbyHostName_(?:[1-9]|10)$/;
/** A header name (RFC 9110 `token`). */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}$/;
const VALUE = /^[\t\x20-\x7e\x80-\uffff]{0,1024}$/;
/** What belongs to the connection, or is worked out for each request. */
const OWN_HEADERS: ReadonlySet<string> = new Set([
  'cdn-loop',
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'range',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** @throws CosError MalformedXML, InvalidArgument, NotImplemented */
export function decodeOriginRule(rule: XmlElement): OriginRule {
  const type = required(rule, 'OriginType');
  if (type !== 'Mirror' && type !== 'Proxy' && type !== 'Redirect') {
    throw invalid('OriginType must be Mirror, Proxy or Redirect.');
  }
  const parameter = xmlChild(rule, 'OriginParameter');
  const sentOn = child(parameter, 'FollowRedirectionConfiguration');
  // Some clients put the codes beside the other parameters.
  const standby = xmlChild(rule, 'HTTPStandbyCode') ?? child(parameter, 'HTTPStandbyCode');
  const info = xmlChild(rule, 'OriginInfo');
  return {
    priority: numberOf('RulePriority', required(rule, 'RulePriority')),
    type,
    ...decodeCondition(xmlChild(rule, 'OriginCondition')),
    protocol: oneOf(parameter, 'Protocol', ['FOLLOW', 'HTTP', 'HTTPS']),
    transparentErrors: flag(parameter, 'TransparentErrorCode', false),
    followQuery: flag(parameter, 'FollowQueryString', true),
    headers: decodeHeaders(child(parameter, 'HttpHeader')),
    followRedirects: flag(parameter, 'FollowRedirection', true),
    redirectHeaders: flag(sentOn, 'FollowOriginHeaders', true),
    decodeRedirects: flag(sentOn, 'FollowUrlAutoDecode', false),
    redirectCode: decodeRedirectCode(parameter),
    store: flag(parameter, 'CopyOriginData', true),
    standbyCodes: texts(standby, 'StatusCode').map((text) => numberOf('StatusCode', text)),
    hosts: decodeHosts(info, type),
    ...decodeFile(child(info, 'FileInfo')),
  };
}

function decodeCondition(condition: XmlElement | undefined) {
  const forbidden = child(child(condition, 'FilterHost'), 'ForbidHost');
  return {
    status: (text(condition, 'HTTPStatusCode') ?? '404').toUpperCase(),
    prefix: (condition && xmlExactText(condition, 'Prefix')) ?? '',
    suffix: (condition && xmlExactText(condition, 'Suffix')) ?? '',
    forbiddenHosts: children(forbidden, 'DomainList').flatMap((list) =>
      texts(list, 'Domain').map((name) => name.toLowerCase()),
    ),
  };
}

function decodeRedirectCode(parameter: XmlElement | undefined): 301 | 302 | 307 {
  // Repeated ones are tolerated: the last counts.
  const codes = texts(parameter, 'HttpRedirectCode').map((given) => {
    const code = Number(given);
    if (code !== 301 && code !== 302 && code !== 307) throw invalid('HttpRedirectCode must be 301, 302 or 307.');
    return code;
  });
  return codes.at(-1) ?? 302;
}

function decodeHeaders(element: XmlElement | undefined): OriginRule['headers'] {
  const added = [...children(element, 'NewHttpHeaders'), ...children(element, 'NewHttpHeader')];
  const forbidden = [...children(element, 'ForbidFollowHeaders'), ...children(element, 'ForbidFollowHttpHeaders')];
  return {
    all: flag(element, 'FollowAllHeaders', false),
    follow: children(element, 'FollowHttpHeaders').flatMap(headerNames),
    forbid: forbidden.flatMap(headerNames),
    add: added.flatMap((list) => xmlChildren(list, 'Header').flatMap(newHeader)),
  };
}

function headerNames(list: XmlElement): string[] {
  return xmlChildren(list, 'Header').flatMap((header) => {
    const name = xmlText(header, 'Key') || undefined;
    if (name === undefined) return [];
    if (!TOKEN.test(name)) throw invalid(`Key is not the name of a header: ${name}`);
    return [name.toLowerCase()];
  });
}

/** Without a value there is no header. */
function newHeader(header: XmlElement): (readonly [name: string, value: string])[] {
  const name = required(header, 'Key');
  const value = xmlText(header, 'Value') ?? '';
  if (!TOKEN.test(name) || OWN_HEADERS.has(name.toLowerCase())) throw invalid(`A new header must not be ${name}.`);
  if (!VALUE.test(value)) throw invalid(`The value of ${name} cannot be sent as a header.`);
  return value === '' ? [] : [[name, Buffer.from(value).toString('latin1')]];
}

function decodeHosts(info: XmlElement | undefined, type: OriginType): OriginHost[] {
  const hosts = children(info, 'HostInfo').flatMap((host) => {
    if (xmlChild(host, 'PrivateHost') !== undefined) {
      throw new CosError('NotImplemented', { message: 'PrivateHost is not supported: origins are asked unsigned.' });
    }
    const weight = xmlText(host, 'Weight') || '1';
    const standby = host.children.filter(({ name }) => STANDBY.test(name));
    const numbered = standby.map(({ name, text: given }) => ({ at: Number(name.split('_')[1]), name: given.trim() }));
    const sorted = numbered.filter(({ name }) => name !== '').sort((a, b) => a.at - b.at);
    return texts(host, 'HostName').map((name) => ({
      name,
      weight: numberOf('Weight', weight),
      standby: sorted.map((one) => one.name),
    }));
  });
  if (hosts.length === 0) throw malformedXml(`${type} needs a HostName.`);
  return hosts;
}

function decodeFile(file: XmlElement | undefined): Pick<OriginRule, 'file' | 'before' | 'behind'> {
  const fixed = exact(child(file, 'FixedFileConfiguration'), 'FixedFilePath');
  // The older flat form says whether its prefix counts.
  const flat = flag(file, 'PrefixDirective', true) ? exact(file, 'Prefix') : undefined;
  const before = affix(child(file, 'PrefixConfiguration'), 'Prefix') ?? simple(flat);
  const behind = affix(child(file, 'SuffixConfiguration'), 'Suffix') ?? simple(exact(file, 'Suffix'));
  return {
    ...(fixed === undefined ? {} : { file: fixed }),
    ...(before === undefined ? {} : { before }),
    ...(behind === undefined ? {} : { behind }),
  };
}

function affix(element: XmlElement | undefined, name: 'Prefix' | 'Suffix'): Affix | undefined {
  if (element === undefined) return undefined;
  const added = exact(element, name);
  const replacement = xmlExactText(element, `ReplacedWith${name}`);
  if (added === undefined && !replacement) return undefined;
  return { text: added ?? '', ...(replacement === undefined ? {} : { replacement }) };
}

const simple = (given: string | undefined): Affix | undefined => (given === undefined ? undefined : { text: given });

const child = (element: XmlElement | undefined, name: string) => element && xmlChild(element, name);
const children = (element: XmlElement | undefined, name: string) => (element ? xmlChildren(element, name) : []);
const text = (element: XmlElement | undefined, name: string) => (element && xmlText(element, name)) || undefined;
const exact = (element: XmlElement | undefined, name: string) => (element && xmlExactText(element, name)) || undefined;
const texts = (element: XmlElement | undefined, name: string) =>
  children(element, name)
    .map((one) => one.text.trim())
    .filter((given) => given !== '');

function required(element: XmlElement, name: string): string {
  const given = text(element, name);
  if (given === undefined) throw malformedXml(`${element.name} needs ${name}.`);
  return given;
}

function numberOf(name: string, given: string): number {
  if (!NUMBER.test(given)) throw invalid(`${name} must be a whole number.`);
  return Number(given);
}

function flag(element: XmlElement | undefined, name: string, fallback: boolean): boolean {
  const given = text(element, name)?.toLowerCase();
  if (given === undefined) return fallback;
  if (given !== 'true' && given !== 'false') throw invalid(`${name} must be true or false.`);
  return given === 'true';
}

function oneOf<const T extends string>(
  element: XmlElement | undefined,
  name: string,
  allowed: readonly [T, ...T[]],
): T {
  const given = text(element, name)?.toUpperCase();
  if (given === undefined) return allowed[0];
  const found = allowed.find((one) => one === given);
  if (found === undefined) throw invalid(`${name} must be ${allowed.join(', ')}.`);
  return found;
}

function invalid(message: string): CosError {
  return new CosError('InvalidArgument', { message });
}

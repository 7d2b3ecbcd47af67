/**
 * Valid signed heads of S3 requests, and what they say. Two heads that say the same are one signed request in two
 * spellings: the second may be accepted. All others must be refused.
 */
import type { Headers, Sent } from '../../src/s3/signature/fixture.ts';
import { PUBLISHED, PUBLISHED_MS, presignV4, signV4, v2Signature } from '../../src/s3/signature/fixture.ts';

export type Reading = 'v4-header' | 'v4-query' | 'v2-header' | 'v2-query';

export interface Head {
  readonly method: string;
  readonly target: string;
  /** The host among them. */
  readonly headers: Headers;
}

export interface HeadForm {
  readonly name: string;
  readonly reading: Reading;
  readonly head: Head;
}

const HOST = 'examplebucket.s3.amazonaws.com';
const DATE = 'Fri, 24 May 2013 00:00:00 GMT';

const headOf = ({ method = 'GET', target, headers = [] }: Sent): Head => ({
  method,
  target,
  headers: [['Host', HOST], ...headers],
});

function v2Header(method: string, target: string, amz: Headers, resource: string): Head {
  const lines = amz.map(([name, value]) => `${name}:${value}\n`).join('');
  const text = `${method}\n\ntext/plain\n${DATE}\n${lines}${resource}`;
  const headers: Headers = [
    ['Host', HOST],
    ['Date', DATE],
    ['Content-Type', 'text/plain'],
    ...amz,
    ['Authorization', `AWS ${PUBLISHED.secretId}:${v2Signature(PUBLISHED.secretKey, text)}`],
  ];
  return { method, target, headers };
}

function v2Query(method: string, target: string, resource: string): Head {
  const end = PUBLISHED_MS / 1_000 + 900;
  const signature = v2Signature(PUBLISHED.secretKey, `${method}\n\n\n${end}\n${resource}`);
  const params = `AWSAccessKeyId=${PUBLISHED.secretId}&Expires=${end}&Signature=${encodeURIComponent(signature)}`;
  return { method, target: `${target}${target.includes('?') ? '&' : '?'}${params}`, headers: [['Host', HOST]] };
}

const META: Headers = [
  ['x-amz-acl', 'private'],
  ['x-amz-meta-a', 'b'],
];

export const HEAD_FORMS: readonly HeadForm[] = [
  { name: 'V4 header, GET', reading: 'v4-header', head: headOf(signV4({ target: '/dir/a%20b' })) },
  {
    name: 'V4 header, PUT',
    reading: 'v4-header',
    head: headOf(signV4({ method: 'PUT', target: '/a//b/../%E5%9B%BE', headers: META }, PUBLISHED, 'UNSIGNED-PAYLOAD')),
  },
  {
    name: 'V4 header, list',
    reading: 'v4-header',
    head: headOf(signV4({ target: '/?prefix=a%2Fb&list-type=2&delimiter=%2F' })),
  },
  { name: 'V4 query, GET', reading: 'v4-query', head: headOf(presignV4({ target: '/dir/a%20b?x-id=GetObject' })) },
  {
    name: 'V4 query, PUT',
    reading: 'v4-query',
    head: headOf(presignV4({ method: 'PUT', target: '/a', headers: META }, 604_800)),
  },
  { name: 'V2 header, PUT', reading: 'v2-header', head: v2Header('PUT', '/a%20b', META, '/examplebucket/a%20b') },
  {
    name: 'V2 header, ACL',
    reading: 'v2-header',
    head: v2Header('GET', '/a?acl&versionId=x%2F', [], '/examplebucket/a?acl&versionId=x/'),
  },
  { name: 'V2 query, GET', reading: 'v2-query', head: v2Query('GET', '/a', '/examplebucket/a') },
  {
    name: 'V2 query, part',
    reading: 'v2-query',
    head: v2Query('PUT', '/a?partNumber=1&uploadId=x', '/examplebucket/a?partNumber=1&uploadId=x'),
  },
];

/** As it stands on the wire, without its last line. */
export const textOf = ({ method, target, headers }: Head): string =>
  `${method} ${target}\n${headers.map(([name, value]) => `${name}: ${value}`).join('\n')}`;

/** @returns undefined where no HTTP parser would hand it on */
export function parseHead(text: string): Head | undefined {
  const [first = '', ...lines] = text.split('\n');
  const match = /^([A-Z]+) (\/[^ ]*)$/.exec(first);
  if (match === null) return undefined;
  const headers: [string, string][] = [];
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(0, colon));
    const value = line.slice(colon + 1).trim();
    if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name) || /[^\t\x20-\xff]|\x7f/.test(value)) return undefined;
    headers.push([name, value]);
  }
  return { method: match[1]!, target: match[2]!, headers };
}

const decode = (text: string): string => decodeURIComponent(Buffer.from(text, 'latin1').toString('utf8'));

/** Parameters of V2 that it does not cover; the check lets no others stand uncovered. */
const V2_FREE = /^(?:prefix|marker|delimiter|max-keys|list-type|encoding-type|x-id|content-md5|content-type)$/i;

/** @throws URIError where it says nothing */
export function meaningOf({ reading }: HeadForm, { method, target, headers }: Head): string {
  const question = target.indexOf('?');
  const path = decode(question < 0 ? target : target.slice(0, question));
  const pairs = (question < 0 ? '' : target.slice(question + 1))
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const equals = pair.indexOf('=');
      const [name, value] = equals < 0 ? [pair, ''] : [pair.slice(0, equals), pair.slice(equals + 1)];
      return [decode(name.replaceAll('+', ' ')), decode(value.replaceAll('+', ' '))] as const;
    });
  const all = new Map<string, string>();
  for (const [name, value] of headers) {
    const folded = name.toLowerCase();
    if (value !== '') all.set(folded, all.has(folded) ? `${all.get(folded)},${value}` : value);
  }
  const header = (name: string): string => (all.get(name) ?? '').replace(/[ \t]+/g, ' ');
  const authorization = header('authorization');
  const special = [...all.keys()].filter((name) => /^x-(?:amz|cos)-/.test(name) && name !== 'x-amz-cf-id').sort();
  const own = special.map((name) => [name, header(name)]);
  const query = pairs.map((pair) => pair.join('=')).sort();
  switch (reading) {
    case 'v4-header': {
      const parts = authorization.replace(/^AWS4-HMAC-SHA256/, '').split(',');
      const fields = parts.map((part) => part.trim().replace(/ *= */, '=')).sort();
      return JSON.stringify([method, path, query, header('host'), own, fields, query.length]);
    }
    case 'v4-query': {
      // What the holder of a URL says of the body is not signed where the URL leaves it open.
      const signed = own.filter(([name]) => name !== 'x-amz-content-sha256' && name !== 'x-amz-date');
      const named = pairs.map(
        ([name, value]) => `${/^x-amz-sig|^x-amz-(?:al|cr|da|ex)/i.test(name) ? name.toLowerCase() : name}=${value}`,
      );
      return JSON.stringify([method, path, named.sort(), header('host'), signed, authorization]);
    }
    case 'v2-header': {
      const covered = pairs.filter(([name]) => !V2_FREE.test(name)).map((pair) => pair.join('='));
      const date = header('x-amz-date') === '' ? header('date') : '';
      const about = [header('content-md5'), header('content-type'), date, header('host').split('.')[0]];
      return JSON.stringify([method, path, covered.sort(), own, about, authorization]);
    }
    case 'v2-query': {
      const covered = pairs
        .filter(([name]) => !V2_FREE.test(name))
        .map(
          ([name, value]) =>
            `${/^(?:awsaccesskeyid|signature|expires)$/i.test(name) ? name.toLowerCase() : name}=${value}`,
        );
      const about = [header('content-md5'), header('content-type'), header('host').split('.')[0]];
      return JSON.stringify([method, path, covered.sort(), own, about, authorization]);
    }
  }
}

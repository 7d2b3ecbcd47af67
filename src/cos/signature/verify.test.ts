import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  accessKey,
  DISABLED,
  HOST,
  NOW_S,
  OURS,
  outcome,
  requestView,
  ringOf,
  type Sent,
  verdict,
} from '../../../test/support/signed-request.ts';
import { CosError } from '../../errors/cos-error.ts';
import { encode } from './encode.ts';
import { authorization, presignedQuery, type SignInput } from './sign.ts';

type Pairs = readonly (readonly [name: string, value: string])[];

/** What a client means to send; all of it is signed. */
interface Meant {
  readonly method: string;
  readonly path: string;
  readonly params: Pairs;
  readonly headers: Pairs;
}

function inputOf(meant: Meant, over: Partial<SignInput> = {}): SignInput {
  return { ...OURS, ...meant, from: NOW_S - 1, to: NOW_S + 900, ...over };
}

function sentOf({ method, path, params, headers }: Meant, more: { query?: string; authorization?: string } = {}): Sent {
  const query = params.map(([name, value]) => (value === '' ? encode(name) : `${encode(name)}=${encode(value)}`));
  if (more.query !== undefined) query.push(more.query);
  const target = encode(path).replaceAll('%2F', '/') + (query.length === 0 ? '' : `?${query.join('&')}`);
  const all = { ...Object.fromEntries(headers), ...(more.authorization === undefined ? {} : more) };
  const host = headers.find(([name]) => name === 'Host')?.[1] ?? HOST;
  return { method, target, host, headers: all as Record<string, string> };
}

function judge(signed: Meant, sent: Meant = signed, over: Partial<SignInput> = {}): [header: string, query: string] {
  const input = inputOf(signed, over);
  return [
    verdict(requestView(sentOf(sent, { authorization: authorization(input) }))),
    verdict(requestView(sentOf(sent, { query: presignedQuery(input) }))),
  ];
}

const ACCEPTED = [OURS.secretId, OURS.secretId];
const REFUSED = ['SignatureDoesNotMatch', 'SignatureDoesNotMatch'];

const characters = [...'aB1/-_.~ +%;=&?#!\'()*"图\u{1f600}é\u0001'];
const text = fc.string({ unit: fc.constantFrom(...characters), maxLength: 10 });
const name = fc.string({ unit: fc.constantFrom(...'aB1-_/!图 %'), minLength: 1, maxLength: 6 });
const headerValue = fc
  .string({ unit: fc.constantFrom(...'a1 +%;=&,/!\'()*"图é'), maxLength: 10 })
  .map((value) => value.trim());
const meant: fc.Arbitrary<Meant> = fc.record({
  method: fc.constantFrom('GET', 'PUT', 'POST', 'DELETE', 'HEAD'),
  path: text.map((value) => `/${value}`),
  // Names may repeat, with different values or the same one.
  params: fc.array(fc.tuple(name, text), { maxLength: 5 }),
  headers: fc
    .uniqueArray(fc.tuple(fc.constantFrom('x-cos-meta-a', 'Content-Type', 'Range', 'x-cos-acl'), headerValue), {
      selector: ([header]) => header,
    })
    .map((list) => [['Host', `${HOST}:9000`], ...list]),
});
const SIMPLE: Meant = { method: 'GET', path: '/k', params: [], headers: [['Host', HOST]] };

describe('what was signed', () => {
  it('is accepted, in the header and in the query', () => {
    fc.assert(
      fc.property(meant, (request) => {
        expect(judge(request)).toEqual(ACCEPTED);
      }),
      { numRuns: 300 },
    );
  });

  it('is refused with another method, path, host, time or key', () => {
    fc.assert(
      fc.property(meant, text, (request, other) => {
        expect(judge(request, { ...request, method: 'PATCH' })).toEqual(REFUSED);
        expect(judge(request, { ...request, path: `${request.path}${other}x` })).toEqual(REFUSED);
        expect(
          judge(request, { ...request, headers: [['Host', `x${HOST}:9000`], ...request.headers.slice(1)] }),
        ).toEqual(REFUSED);
        expect(judge(request, request, { secretKey: `${OURS.secretKey}x` })).toEqual(REFUSED);
        const good = authorization(inputOf(request));
        for (const field of ['q-sign-time', 'q-key-time']) {
          const changed = good.replace(`${field}=${NOW_S - 1};`, `${field}=${NOW_S - 2};`);
          expect(verdict(requestView(sentOf(request, { authorization: changed })))).toBe('SignatureDoesNotMatch');
        }
      }),
      { numRuns: 100 },
    );
  });

  it('is refused when a signed parameter is changed, taken away, repeated or renamed', () => {
    const some = meant.filter(({ params }) => params.length > 0);
    fc.assert(
      fc.property(some, fc.nat(), (request, at) => {
        const index = at % request.params.length;
        const [given, value] = request.params[index]!;
        const replaced = (...by: Pairs): Meant => ({ ...request, params: request.params.toSpliced(index, 1, ...by) });
        expect(judge(request, replaced([given, `${value}x`]))).toEqual(REFUSED);
        expect(judge(request, replaced())).toEqual(REFUSED);
        expect(judge(request, replaced([given, value], [given, value]))).toEqual(REFUSED);
        expect(judge(request, replaced([`${given}x`, value]))).toEqual(REFUSED);
      }),
      { numRuns: 150 },
    );
  });

  it('is refused when a signed header is changed or taken away', () => {
    const some = meant.filter(({ headers }) => headers.length > 1 && headers.every(([, value]) => value !== ''));
    fc.assert(
      fc.property(some, (request) => {
        const [host, [given, value], ...rest] = request.headers as [[string, string], [string, string]];
        expect(judge(request, { ...request, headers: [host, [given, `${value}x`], ...rest] })).toEqual(REFUSED);
        expect(judge(request, { ...request, headers: [host, ...rest] })).toEqual(REFUSED);
      }),
      { numRuns: 100 },
    );
  });

  it('leaves what is not listed free', () => {
    const sent: Meant = {
      ...SIMPLE,
      params: [['list-type', '2']],
      headers: [...SIMPLE.headers, ['x-cos-acl', 'private']],
    };
    expect(judge(SIMPLE, sent)).toEqual(ACCEPTED);
  });

  it('keeps a sub-resource that has no value', () => {
    const acl: Meant = { ...SIMPLE, method: 'DELETE', path: '/', params: [['lifecycle', '']] };
    expect(judge(acl)).toEqual(ACCEPTED);
    expect(judge(acl, { ...acl, params: [] })).toEqual(REFUSED);
    expect(
      judge(acl, {
        ...acl,
        params: [
          ['lifecycle', ''],
          ['LIFECYCLE', 'x'],
        ],
      }),
    ).toEqual(REFUSED);
  });
});

describe('failures (§14)', () => {
  const good = authorization(inputOf(SIMPLE));
  const tell = (authorization: string, nowS = NOW_S): string =>
    verdict(requestView(sentOf(SIMPLE, { authorization })), nowS);

  it('nothing signed is anonymous; so is an empty header or an empty sign', () => {
    expect(verdict(requestView({ target: '/k' }))).toBe('anonymous');
    expect(verdict(requestView({ target: '/k?prefix=q&Sign=x' }))).toBe('anonymous');
    expect(verdict(requestView({ target: '/k?sign=' }))).toBe('anonymous');
    expect(tell(' ')).toBe('anonymous');
  });

  it('an unknown key, a disabled one, and an id that cannot be one', () => {
    expect(tell(good.replace(OURS.secretId, 'AKIDunknown'))).toBe('InvalidAccessKeyId');
    expect(tell(authorization(inputOf(SIMPLE, DISABLED)))).toBe('InvalidAccessKeyId');
    expect(tell(good.replace(OURS.secretId, 'AKID!'))).toBe(
      'InvalidAccessKeyId: The access key Id format you provided is invalid.',
    );
  });

  it('the end of either window, to the second', () => {
    expect(tell(good, NOW_S + 900)).toBe(OURS.secretId);
    expect(tell(good, NOW_S + 901)).toBe('AccessDenied: Request has expired');
    const longSign = authorization(inputOf(SIMPLE, { keyFrom: NOW_S, keyTo: NOW_S + 10 }));
    expect(tell(longSign, NOW_S + 10)).toBe(OURS.secretId);
    expect(tell(longSign, NOW_S + 11)).toBe('AccessDenied: Request has expired');
    const longKey = authorization(inputOf(SIMPLE, { keyFrom: NOW_S - 9, keyTo: NOW_S + 10_000 }));
    expect(tell(longKey, NOW_S + 901)).toBe('AccessDenied: Request has expired');
    expect(tell(authorization(inputOf(SIMPLE, { to: 32_557_709_288 })), NOW_S + 1e9)).toBe(OURS.secretId);
  });

  it('a start over 15 minutes ahead, of either window', () => {
    expect(tell(good, NOW_S - 901)).toBe(OURS.secretId);
    expect(tell(good, NOW_S - 902)).toBe('RequestTimeTooSkewed');
    const lateKey = authorization(inputOf(SIMPLE, { keyFrom: NOW_S + 901, keyTo: NOW_S + 2_000 }));
    expect(tell(lateKey)).toBe('RequestTimeTooSkewed');
  });

  it('a signed Date that is over 15 minutes off', () => {
    const at = (s: number, listed = true): string => {
      const date = new Date((NOW_S + s) * 1000).toUTCString();
      const dated: Meant = { ...SIMPLE, headers: [...SIMPLE.headers, ['Date', date]] };
      return verdict(requestView(sentOf(dated, { authorization: authorization(inputOf(listed ? dated : SIMPLE)) })));
    };
    expect([at(900), at(-900), at(901), at(-901), at(-901, false)]).toEqual([
      OURS.secretId,
      OURS.secretId,
      'RequestTimeTooSkewed',
      'RequestTimeTooSkewed',
      OURS.secretId,
    ]);
  });

  it('malformed, unsupported and foreign ones', () => {
    expect(tell('nonsense')).toBe('AccessDenied: The signature lacks q-sign-algorithm.');
    expect(tell(good.replace(/q-sign-time=\d+;\d+/, 'q-sign-time=2;1'))).toMatch(/^AccessDenied: q-sign-time/);
    expect(tell(good.replace('=sha1', '=md5'))).toBe('VerifyAlgorithmNotSupported');
    expect(verdict(requestView({ target: '/k?sign=a%26b' }))).toMatch(/^AccessDenied: The signature lacks/);
    for (const header of ['AWS4-HMAC-SHA256 Credential=x', 'AWS x:y']) expect(tell(header)).toMatch(/^NotImplemented/);
    for (const query of ['X-Amz-Algorithm=x', 'X-Amz-Signature=x', 'AWSAccessKeyId=x']) {
      expect(verdict(requestView({ target: `/k?${query}` }))).toMatch(/^NotImplemented/);
    }
  });

  it('a query with some of the fields is no anonymous request', () => {
    for (const field of presignedQuery(inputOf(SIMPLE)).split('&')) {
      expect(verdict(requestView({ target: `/k?${field}` }))).toMatch(/^AccessDenied: The signature lacks/);
    }
  });

  it('the header counts where there is a query too', () => {
    const sent = sentOf(SIMPLE, { query: presignedQuery(inputOf(SIMPLE)) });
    expect(verdict(requestView({ ...sent, headers: { Authorization: 'nonsense' } }))).toMatch(/^AccessDenied/);
    const headers = { Authorization: good };
    expect(verdict(requestView({ ...sent, target: '/k?q-ak=x', headers }))).toBe(OURS.secretId);
  });

  it('a wrong signature is answered with the strings of the request as received', () => {
    const wrong = [good.replace(/.$/, (last) => (last === '0' ? '1' : '0')), good.slice(0, -1), `${good}0`];
    wrong.push(good.replace(/[0-9a-f]{40}$/, (hex) => hex.toUpperCase()));
    for (const authorization of wrong) {
      const sent = sentOf({ ...SIMPLE, path: '/图 k' }, { authorization });
      const error = outcome(requestView({ ...sent, host: `${HOST}:9000` }));
      if (!(error instanceof CosError)) throw new Error('accepted');
      const hash = /\n([0-9a-f]{40})\n$/.exec(error.details.elements?.[0]?.[1] ?? '')?.[1];
      expect(error.code).toBe('SignatureDoesNotMatch');
      expect(error.details.elements).toEqual([
        ['StringToSign', `sha1\n${NOW_S - 1};${NOW_S + 900}\n${hash}\n`],
        ['FormatString', `get\n/图 k\n\nhost=${HOST}%3A9000\n`],
      ]);
    }
  });
});

describe('fields that were seen before', () => {
  const good = authorization(inputOf(SIMPLE));
  const request = requestView(sentOf(SIMPLE, { authorization: good }));

  it('are judged anew: signature, time, key', () => {
    expect(verdict(request)).toBe(OURS.secretId);
    const wrong = good.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
    expect(verdict(requestView(sentOf(SIMPLE, { authorization: wrong })))).toBe('SignatureDoesNotMatch');
    expect(verdict(requestView(sentOf({ ...SIMPLE, path: '/l' }, { authorization: good })))).toBe(
      'SignatureDoesNotMatch',
    );
    expect(verdict(request, NOW_S + 901)).toBe('AccessDenied: Request has expired');
    expect(verdict(request, NOW_S, ringOf())).toBe('InvalidAccessKeyId');
    expect(verdict(request, NOW_S, ringOf(accessKey(OURS, false)))).toBe('InvalidAccessKeyId');
    expect(verdict(request)).toBe(OURS.secretId);
  });

  it('follow a secret that was replaced', () => {
    const replaced = { ...OURS, secretKey: 'another' };
    const ring = ringOf(accessKey(replaced));
    const anew = requestView(sentOf(SIMPLE, { authorization: authorization(inputOf(SIMPLE, replaced)) }));
    expect(verdict(request)).toBe(OURS.secretId);
    expect(verdict(request, NOW_S, ring)).toBe('SignatureDoesNotMatch');
    expect(verdict(anew, NOW_S, ring)).toBe(OURS.secretId);
    expect(verdict(anew)).toBe('SignatureDoesNotMatch');
    expect(verdict(request)).toBe(OURS.secretId);
  });

  it('are not mistaken where a field stands behind the signature', () => {
    const moved = (list: string): string => `${good.replace('&q-url-param-list=', '')}&q-url-param-list=${list}`;
    const acl: Meant = { ...SIMPLE, params: [['acl', '']] };
    expect(verdict(requestView(sentOf(SIMPLE, { authorization: moved('') })))).toBe(OURS.secretId);
    expect(verdict(requestView(sentOf(acl, { authorization: moved('') })))).toBe(OURS.secretId);
    expect(verdict(requestView(sentOf(acl, { authorization: moved('acl') })))).toBe('SignatureDoesNotMatch');
    expect(verdict(requestView(sentOf(SIMPLE, { authorization: `${good}&q-ak=x` })))).toMatch(/^AccessDenied/);
  });

  it('may be long', () => {
    const many: Meant = {
      ...SIMPLE,
      params: Array.from({ length: 300 }, (_, at) => [`param-${at}`, `${at}`] as const),
    };
    for (let round = 0; round < 2; round++) expect(judge(many)).toEqual(ACCEPTED);
  });
});

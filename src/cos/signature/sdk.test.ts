/** What the official Node SDKs sign is accepted. */
import COS3 from 'cos-nodejs-sdk-v5';
import COS2 from 'cos-nodejs-sdk-v5-2';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HOST, NOW_S, OURS, requestView, type Sent, verdict } from '../../../test/support/signed-request.ts';
import { encode } from './encode.ts';

interface Signing {
  readonly Method: string;
  readonly Key: string;
  readonly Query?: Readonly<Record<string, string>>;
  readonly Headers?: Readonly<Record<string, string>>;
}

type Sign = (options: object) => string;
const keys = { SecretId: OURS.secretId, SecretKey: OURS.secretKey };
const SDKS: readonly (readonly [string, Sign, Sign])[] = [
  ['3.0', (options) => (COS3.getAuthorization as unknown as Sign)(options), methodOf(COS3)],
  ['2.15', (options) => (COS2.getAuthorization as unknown as Sign)(options), methodOf(COS2 as unknown as typeof COS3)],
];

function methodOf(Sdk: typeof COS3): Sign {
  const sdk = new Sdk(keys) as unknown as { getAuth: Sign };
  return (options) => sdk.getAuth(options);
}

function judge(sign: Sign, { Method, Key, Query = {}, Headers = {} }: Signing): string {
  const KeyTime = `${NOW_S - 1};${NOW_S + 899}`;
  const given = { ...keys, KeyTime, Method, Key, Query: { ...Query }, Headers: { Host: `${HOST}:9000`, ...Headers } };
  const Authorization = sign(given);
  const pairs = Object.entries(Query).map(([name, value]) => `${encode(name)}=${encode(value)}`);
  const target = `/${encode(Key).replaceAll('%2F', '/')}${pairs.length === 0 ? '' : `?${pairs.join('&')}`}`;
  const sent: Sent = { method: Method, target, host: `${HOST}:9000`, headers: { ...Headers, Authorization } };
  // An instance signs from its own clock on.
  const nowS = Number(/q-sign-time=(\d+)/.exec(Authorization)?.[1]);
  return verdict(requestView(sent), nowS);
}

const text = fc.string({ unit: fc.constantFrom(...'aB1/-_.~ +%;=&!\'()*"图é'), maxLength: 8 });
const name = fc.string({ unit: fc.constantFrom(...'aB-_./!图 |'), minLength: 1, maxLength: 5 });
const signing = fc.record({
  Method: fc.constantFrom('GET', 'PUT', 'DELETE'),
  // The SDK's own rule: a key does not begin with a slash.
  Key: text.map((key) => `k${key}`),
  Query: fc
    .uniqueArray(fc.tuple(name, text), { maxLength: 5, selector: ([given]) => given.toLowerCase() })
    .map(asRecord),
  Headers: fc
    .uniqueArray(fc.tuple(fc.constantFrom('x-cos-meta-a', 'Range', 'Content-Type', 'x-cos-acl'), text), {
      selector: ([given]) => given,
    })
    .map((list) => asRecord(list.map(([given, value]) => [given, `v${value}v`]))),
});

function asRecord(pairs: readonly (readonly [string, string])[]): Record<string, string> {
  return Object.fromEntries(pairs.filter(([given]) => given !== '__proto__'));
}

describe.each(SDKS)('cos-nodejs-sdk-v5 %s', (_, authorization, getAuth) => {
  it('getAuthorization', () => {
    fc.assert(
      fc.property(signing, (given) => {
        expect(judge(authorization, given)).toBe(OURS.secretId);
      }),
      { numRuns: 200 },
    );
  });

  it('getAuth of an instance, with a parameter that has no value', () => {
    expect(judge(getAuth, { Method: 'PUT', Key: 'a b+c.txt', Query: { acl: '', 'max-keys': '1' } })).toBe(
      OURS.secretId,
    );
  });

  it('is refused for another key', () => {
    const other: Sign = (options) => authorization({ ...options, SecretKey: 'other' });
    expect(judge(other, { Method: 'GET', Key: 'k' })).toBe('SignatureDoesNotMatch');
  });
});

describe('a header beyond ASCII as Node sends it', () => {
  it('is latin1 on the wire and UTF-8 in the signature', () => {
    const Headers = { Host: HOST, 'x-cos-meta-a': 'caf\u00e9' };
    const Authorization = (COS3.getAuthorization as unknown as Sign)({
      ...keys,
      KeyTime: `${NOW_S};${NOW_S + 60}`,
      Method: 'PUT',
      Key: 'k',
      Headers,
    });
    const view = requestView({ method: 'PUT', target: '/k', headers: { Authorization } });
    const received = (value: string) => (given: string) => (given === 'x-cos-meta-a' ? value : view.header(given));
    expect(verdict({ ...view, header: received('caf\u00e9') })).toBe(OURS.secretId);
    expect(verdict({ ...view, header: received('caf\u00c3\u00a9') })).toBe(OURS.secretId);
    expect(verdict({ ...view, header: received('cafe') })).toBe('SignatureDoesNotMatch');
  });
});

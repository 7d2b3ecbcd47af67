import { describe, expect, it } from 'vitest';
import { CosError } from '../../errors/cos-error.ts';
import { authorization } from '../signature/sign.ts';
import { explained, HOST, keyOf, NOW_S, PAIR, refuse, wireOf } from './fixture.ts';
import { Refusals } from './refusals.ts';

const TOKEN = 'tokenTOKENtokenTOKEN';
const CUSTOMER_KEY = 'MDEyMzQ1Njc4OUFCQ0RFRjAxMjM0NTY3ODlBQkNERUY=';
const SECRETS: readonly string[] = [
  TOKEN,
  CUSTOMER_KEY,
  encodeURIComponent(CUSTOMER_KEY),
  'sessionCookie',
  PAIR.secretKey,
];

function signedWithSecrets(secretKey: string) {
  const headers: [string, string][] = [
    ['cookie', 'a=sessionCookie'],
    ['host', HOST],
    ['x-cos-security-token', TOKEN],
    ['x-cos-server-side-encryption-customer-key', CUSTOMER_KEY],
  ];
  const input = { ...PAIR, secretKey, method: 'PUT', path: '/k', headers, from: NOW_S, to: NOW_S + 600 };
  const value = authorization(input);
  const received = {
    method: 'PUT',
    target: `/k?x-cos-security-token=${TOKEN}&a=b`,
    headers: { ...Object.fromEntries(headers.filter(([name]) => name !== 'host')), authorization: value },
  };
  return { received, signature: value.slice(-40) };
}

describe('what is kept of refused requests', () => {
  it('shows no secret: no token, customer key, cookie, SecretKey or signature, neither in itself nor in the answer', () => {
    const refusals = new Refusals(10);
    const { received, signature } = signedWithSecrets('another key than that of the server');
    const explanation = explained(received, undefined, refusals);
    expect(explanation.server!.formatString).toContain(
      'x-cos-security-token=***&x-cos-server-side-encryption-customer-key=***',
    );
    const [kept] = refusals.latest(1, true);
    const texts = [
      JSON.stringify(explanation),
      JSON.stringify(kept),
      kept!.sealed!.toString('latin1'),
      kept!.sealed!.toString('utf8'),
    ];
    for (const text of texts) for (const secret of [...SECRETS, signature]) expect(text).not.toContain(secret);
    expect(kept!.query).toBe('x-cos-security-token=***&a=b');
  });

  it('proves a mistake also where secrets are part of what was signed, without showing them', () => {
    const { received, signature } = signedWithSecrets(`${PAIR.secretKey}\n`);
    const explanation = explained(received);
    expect(explanation.findings[0]).toMatchObject({ certainty: 'proven', what: expect.stringContaining('newline') });
    for (const secret of [...SECRETS, signature]) expect(JSON.stringify(explanation)).not.toContain(secret);
    const dropped = explained({ ...received, headers: { ...received.headers, 'x-cos-security-token': '' } });
    for (const secret of [...SECRETS, signature]) expect(JSON.stringify(dropped)).not.toContain(secret);
  });

  it('hides the parameter sign', () => {
    const refusals = new Refusals(10);
    refuse(
      refusals,
      wireOf({ target: '/k?sign=q-ak%3DAKID%26q-signature%3Dfeed&b' }),
      {},
      new CosError('AccessDenied'),
    );
    const [kept] = refusals.latest(1, false);
    expect(kept!.query).toBe('sign=***&b');
    expect(kept!.secretId).toBe('AKID');
  });

  it('cuts what is long, and is bounded in bytes', () => {
    const refusals = new Refusals(3);
    const long = 'x'.repeat(60_000);
    for (const id of ['1', '2', '3', '4', '5']) {
      const wire = { ...wireOf({ target: `/${long}?${long}`, headers: { 'x-long': long } }), requestId: id };
      refuse(refusals, wire, { key: long }, new CosError('AccessDenied'));
    }
    const kept = refusals.latest(10, true);
    expect(kept.map(({ requestId }) => requestId)).toEqual(['5', '4']);
    expect(JSON.stringify(kept).length).toBeLessThan(2 * 6 * 1_024);
    expect(kept[0]!.sealed).toBeUndefined();
  });

  it('keeps refusals apart from other failures', () => {
    const refusals = new Refusals(2);
    const add = (id: string, error: CosError) =>
      refuse(refusals, { ...wireOf({ target: '/k' }), requestId: id }, {}, error);
    add('denied', new CosError('AccessDenied'));
    for (let i = 0; i < 100; i++) add(`missing-${i}`, new CosError('NoSuchKey'));
    expect(refusals.latest(10, false).map(({ requestId }) => requestId)).toEqual(['denied']);
    expect(refusals.latest(10, true)).toHaveLength(3);
    expect(refusals.get('missing-99')).toMatchObject({ status: 404, code: 'NoSuchKey', sealed: undefined });
    expect(refusals.get('missing-1')).toBeUndefined();
  });

  it('remembers who was refused', () => {
    const refusals = new Refusals(2);
    const { identity } = keyOf('AKIDuser', 'secret');
    const user = { ...identity, kind: 'user', uin: '100000000002', name: 'ann' } as const;
    refuse(
      refusals,
      wireOf({ target: '/k' }),
      { identity: user, secretId: 'AKIDuser', rule: 'no allow' },
      new CosError('AccessDenied'),
    );
    expect(refusals.latest(1, false)[0]).toMatchObject({
      identity: { kind: 'user', uin: '100000000002', name: 'ann' },
      rule: 'no allow',
    });
  });
});

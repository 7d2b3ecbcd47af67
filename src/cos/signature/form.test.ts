/** The form vectors of spec/protocol.md §13 and spec/objects.md §15. */
import { describe, expect, it } from 'vitest';
import { NOW_S, OURS, PUBLISHED } from '../../../test/support/signed-request.ts';
import { formSignature, formStringToSign } from './form.ts';
import { hmacSha1, signKey } from './hash.ts';

describe('formSignature', () => {
  it('G: our own policy', () => {
    const policy = Buffer.from(
      'eyJleHBpcmF0aW9uIjoiMjAyMy0xMS0xNFQyMzoxMzoyMC4wMDBaIiwiY29uZGl0aW9ucyI6W3siYnVja2V0IjoiZGVtby0xMjUwMDAwMDAwIn0sWyJzdGFydHMtd2l0aCIsIiRrZXkiLCJ1cC8iXSxbImNvbnRlbnQtbGVuZ3RoLXJhbmdlIiwxLDEwNDg1NzZdLHsicS1zaWduLWFsZ29yaXRobSI6InNoYTEifSx7InEtYWsiOiJBS0lERVhBTVBMRWV4YW1wbGVFWEFNUExFZXhhbXBsZTAwMDEifSx7InEtc2lnbi10aW1lIjoiMTcwMDAwMDAwMDsxNzAwMDAzNjAwIn1dfQ==',
      'base64',
    );
    expect(JSON.parse(policy.toString()).expiration).toBe('2023-11-14T23:13:20.000Z');
    expect(formStringToSign(policy)).toBe('54b55ddfeb64394c2c786d08f3448641e7df7be1');
    const signature = formSignature(OURS.secretKey, `${NOW_S};${NOW_S + 3_600}`, policy);
    expect(signature).toBe('4b56a67ac74cd23606fe929a19c22d9862e7624a');
    expect(
      formSignature(OURS.secretKey, `${NOW_S};${NOW_S + 3_600}`, Buffer.concat([policy, Buffer.from(' ')])),
    ).not.toBe(signature);
  });

  it('V4: keys and hash of the documentation page', () => {
    const key = signKey(PUBLISHED.secretKey, '1567150692;1567157892');
    expect(key).toBe('39acc8c9f34ba5b19bce4e965b370cd3f62d2fba');
    const signature = hmacSha1(key, 'd5d903b8360468bc81c1311f134989bc8c8b5b89');
    expect(signature).toBe('7758dc9a832e9d301dca704cacbf9d9f8172fdef');
  });
});

import { describe, expect, it } from 'vitest';
import { parseForm } from '../parameters.ts';
import { formText, isFormSigned, readFormSignature, signForm } from './form.ts';

const KEY = 'exampleSecretKeyForCosSpec000001';
const POLICY =
  '{"version":"2.0","statement":[{"action":["name/cos:PutObject"],"effect":"allow","principal":{"qcs":["*"]},"resource":["qcs::cos:ap-guangzhou:uid/1250000000:demo-1250000000/up/*"]}]}';
const ours = new Map([
  ['SecretId', 'AKIDEXAMPLEexampleEXAMPLEexample0001'],
  ['Timestamp', '1700000000'],
  ['Nonce', '12345'],
  ['Action', 'GetFederationToken'],
  ['DurationSeconds', '1800'],
  ['Version', '2018-08-13'],
  ['Region', 'ap-beijing'],
  ['Name', 'cos-sts-nodejs'],
  ['Policy', encodeURIComponent(POLICY)],
]);

describe('a signed form', () => {
  it('is the one of the documentation', () => {
    const text =
      'GETcvm.tencentcloudapi.com/?Action=DescribeInstances&InstanceIds.0=ins-09dx96dg&Limit=20&Nonce=11886&Offset=0&Region=ap-guangzhou&SecretId=AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE&Timestamp=1465185768&Version=2017-03-12';
    const query = text
      .slice(text.indexOf('?') + 1)
      .split('&')
      .reverse()
      .join('&');
    expect(formText('GET', 'cvm.tencentcloudapi.com', parseForm(query))).toBe(text);
    expect(signForm('Gu5t9xGARNpq86cd98joQYCN3EXAMPLE', text, 'sha1')).toBe('EliP9YW3pW28FpsEdkXt/+WcGeI=');
  });

  it('is the one that the SDK for Node.js makes', () => {
    const text = formText('POST', 'sts.tencentcloudapi.com', ours);
    expect(signForm(KEY, text, 'sha1')).toBe('v4gDaEW4GEexnxg2TkyjLJqkd1M=');
  });

  const signedWith = (host: string, more: Record<string, string> = {}, algorithm: 'sha1' | 'sha256' = 'sha1') => {
    const all = new Map([...ours, ...Object.entries(more)]);
    const signature = signForm(KEY, formText('POST', host, all), algorithm);
    return parseForm(new URLSearchParams([...all, ['Signature', signature]]).toString());
  };
  const accepts = (form: ReturnType<typeof signedWith>, host: string, key = KEY, method = 'POST') =>
    isFormSigned(readFormSignature(form), key, method, host, form);

  it('covers the host with its port, or the name that some SDKs always sign', () => {
    expect(accepts(signedWith('127.0.0.1:9443'), '127.0.0.1:9443')).toBe(true);
    expect(accepts(signedWith('sts.tencentcloudapi.com'), '127.0.0.1:9443')).toBe(true);
    expect(accepts(signedWith('127.0.0.1'), '127.0.0.1:9443')).toBe(false);
  });

  it('covers method, key and every value', () => {
    const host = 'sts.tencentcloudapi.com';
    expect(accepts(signedWith(host), host, KEY, 'GET')).toBe(false);
    expect(accepts(signedWith(host), host, `${KEY}x`)).toBe(false);
    for (const name of ours.keys()) {
      const changed = new Map([...signedWith(host), [name, `${ours.get(name)}1`]]);
      expect(isFormSigned({ ...readFormSignature(signedWith(host)) }, KEY, 'POST', host, changed)).toBe(false);
    }
  });

  it('may be made with SHA-256, when it says so', () => {
    const host = 'sts.tencentcloudapi.com';
    expect(accepts(signedWith(host, { SignatureMethod: 'HmacSHA256' }, 'sha256'), host)).toBe(true);
    expect(accepts(signedWith(host, {}, 'sha256'), host)).toBe(false);
  });

  it.each([
    ['SecretId', '', 'MissingParameter'],
    ['Timestamp', '', 'MissingParameter'],
    ['Nonce', '', 'MissingParameter'],
    ['Timestamp', 'yesterday', 'InvalidParameterValue'],
    ['Nonce', '-1', 'InvalidParameterValue'],
    ['SignatureMethod', 'HmacMD5', 'InvalidParameterValue'],
  ])('with the %s %j is %s', (name, value, code) => {
    const form = new Map([...signedWith('h'), [name, value]]);
    expect(() => readFormSignature(form)).toThrow(expect.objectContaining({ code }));
  });

  it('without a signature is MissingParameter', () => {
    expect(() => readFormSignature(ours)).toThrow(expect.objectContaining({ code: 'MissingParameter' }));
  });
});

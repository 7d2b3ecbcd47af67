import { describe, expect, it } from 'vitest';
import { HOST, NOW_S, OURS, requestView, type Sent, verdict } from '../../../test/support/signed-request.ts';
import { alternatives } from './alternatives.ts';
import { httpString, stringToSign } from './canonical.ts';
import { parseAuthorization } from './fields.ts';
import { hmacSha1, signKey } from './hash.ts';
import { authorization, type SignInput } from './sign.ts';

const BASE: SignInput = { ...OURS, method: 'GET', path: '/k', from: NOW_S, to: NOW_S + 60 };

function judge(signed: Partial<SignInput>, sent: Sent): string {
  return verdict(requestView({ ...sent, headers: { Authorization: authorization({ ...BASE, ...signed }) } }));
}

function judgeHost(signed: string, sent: string, secure = false): string {
  return judge({ headers: [['host', signed]] }, { target: '/k', host: sent, secure });
}

describe('the host (§12.2)', () => {
  it.each([
    ['demo.test:9000', 'demo.test:9000', false],
    ['demo.test', 'demo.test:9000', false],
    ['demo.test', 'Demo.Test:9000', false],
    ['demo.test:9000', 'Demo.Test:9000', false],
    ['Demo.Test', 'Demo.Test:9000', false],
    ['demo.test:80', 'demo.test', false],
    ['demo.test:443', 'demo.test', true],
    ['[::1]', '[::1]:9000', false],
    ['[::1]:80', '[::1]', false],
  ])('signed %s, sent %s (TLS: %s): accepted', (signed, sent, secure) => {
    expect(judgeHost(signed, sent, secure)).toBe(OURS.secretId);
  });

  it.each([
    ['demo.test:9001', 'demo.test:9000', false],
    ['demo.test:443', 'demo.test', false],
    ['demo.test:80', 'demo.test:9000', false],
    ['other.test', 'demo.test', false],
    ['demo.test', '', false],
  ])('signed %s, sent %s (TLS: %s): refused', (signed, sent, secure) => {
    expect(judgeHost(signed, sent, secure)).toBe('SignatureDoesNotMatch');
  });

  it('matters only where it is listed', () => {
    expect(judge({}, { target: '/k', host: 'any.test:1' })).toBe(OURS.secretId);
  });
});

describe('the path (§12.3)', () => {
  it('may have been signed with a blank for a raw plus, but not for an encoded one', () => {
    const blank = { path: '/a b/c d', headers: [['host', 'demo.test']] } as const;
    expect(judge(blank, { target: '/a+b/c%20d', host: 'demo.test:9000' })).toBe(OURS.secretId);
    expect(judge({ path: '/a+b' }, { target: '/a+b' })).toBe(OURS.secretId);
    expect(judge({ path: '/a b' }, { target: '/a%2Bb' })).toBe('SignatureDoesNotMatch');
    expect(judge({ path: '/a+b' }, { target: '/a%20b' })).toBe('SignatureDoesNotMatch');
    expect(judge({ path: '/a b+c' }, { target: '/a+b+c' })).toBe('SignatureDoesNotMatch');
  });

  it('keeps bytes beyond ASCII that were sent raw', () => {
    const target = Buffer.from('/图+a', 'utf8').toString('latin1');
    expect(judge({ path: '/图 a' }, { target })).toBe(OURS.secretId);
  });
});

describe('the parameters (§12.1)', () => {
  /** Signs a text that `sign.ts` does not make. */
  function judgeText(params: string, list: string, target: string): string {
    const time = `${NOW_S};${NOW_S + 60}`;
    const text = stringToSign(time, httpString('GET', '/', params, `host=${HOST}`));
    const signature = hmacSha1(signKey(OURS.secretKey, time), text);
    const Authorization = `q-sign-algorithm=sha1&q-ak=${OURS.secretId}&q-sign-time=${time}&q-key-time=${time}&q-header-list=host&q-url-param-list=${list}&q-signature=${signature}`;
    return verdict(requestView({ target, headers: { Authorization } }));
  }

  it('may have been signed with values as they stand in the URL', () => {
    expect(judgeText('acl=&prefix=a/b(c)', 'acl;prefix', '/?prefix=a/b(c)&acl')).toBe(OURS.secretId);
    expect(judgeText('prefix=a/b', 'prefix', '/?prefix=a%2Fb')).toBe('SignatureDoesNotMatch');
    expect(judgeText('prefix=a/b', 'prefix', '/?prefix=a/c')).toBe('SignatureDoesNotMatch');
  });

  it('may have been signed in the order of the decoded names', () => {
    const list = '%e5%9b%be;a';
    expect(judgeText('%e5%9b%be=1&a=2', list, '/?a=2&%E5%9B%BE=1')).toBe(OURS.secretId);
    expect(judgeText('a=2&%e5%9b%be=1', list, '/?a=2&%E5%9B%BE=1')).toBe(OURS.secretId);
    expect(judgeText('a=2&%e5%9b%be=1', list, '/?a=1&%E5%9B%BE=2')).toBe('SignatureDoesNotMatch');
  });

  it('may be listed as they are, not encoded', () => {
    expect(judgeText('%e5%9b%be=1', '%E5%9B%BE', '/?%E5%9B%BE=1')).toBe(OURS.secretId);
    expect(judgeText('a%2fb=1', 'a/b', '/?a%2Fb=1')).toBe(OURS.secretId);
  });
});

describe('alternatives', () => {
  it('are few, differ, and leave out the request as received', () => {
    const target = '/a+b?x=1/2&%E5%9B%BE=3';
    const request = requestView({ target, host: 'Demo.Test:9000' });
    const text = authorization({
      ...BASE,
      params: [
        ['x', ''],
        ['图', ''],
      ],
      headers: [['host', '']],
    });
    const all = [...alternatives(request, parseAuthorization(text).fields)];
    expect(all).toHaveLength(2 * 3 * 4 - 1);
    expect(new Set(all).size).toBe(all.length);
    expect(all).not.toContain('get\n/a+b\n%e5%9b%be=3&x=1%2F2\nhost=Demo.Test%3A9000\n');
  });

  it('are none where nothing could have been written otherwise', () => {
    const { fields } = parseAuthorization(authorization(BASE));
    expect([...alternatives(requestView({ target: '/k' }), fields)]).toEqual([]);
  });
});

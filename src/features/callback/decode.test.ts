// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the variables of COS look like this
import { describe, expect, it } from 'vitest';
import { CosError } from '../../errors/cos-error.ts';
import { admitCallback } from './admit.ts';
import { decodeCallback, decodeReturnBody } from './decode.ts';

const base64 = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64');
const callback = (fields: object) => base64({ callbackUrl: 'http://cb.example.com/', callbackBody: 'a=1', ...fields });

function codeOf(run: () => unknown): string | undefined {
  try {
    run();
  } catch (error) {
    return error instanceof CosError ? error.code : String(error);
  }
  return undefined;
}

describe('decodeCallback', () => {
  it('reads all fields', () => {
    const decoded = decodeCallback(
      base64({
        callbackUrl: 'cb.example.com:81/a%20b?k=%E4%B8%AD; HTTPS://Two.example.com',
        callbackHost: 'other.example.com',
        callbackBody: '{"k":${object}}',
        callbackBodyType: 'application/json',
      }),
      base64({ 'x:a': '1' }),
    );
    expect(decoded?.urls.map(String)).toEqual([
      'http://cb.example.com:81/a%20b?k=%E4%B8%AD',
      'https://two.example.com/',
    ]);
    expect(decoded).toMatchObject({
      hostHeader: 'other.example.com',
      bodyType: 'json',
      body: ['{"k":', 'object', '}'],
    });
    expect([...decoded!.variables]).toEqual([['x:a', '1']]);
  });

  it('calls nobody when nothing is asked for', () => {
    expect(decodeCallback(undefined, undefined)).toBeUndefined();
    expect(decodeCallback(callback({ callbackUrl: '' }), undefined)).toBeUndefined();
  });

  it('keeps a callback without its URL, which fails after the upload', () => {
    const misspelled = base64({ callbackUrlaaa: 'http://h/', callbackBody: 'a=${object}' });
    expect(decodeCallback(misspelled, undefined)).toMatchObject({ urls: [], bodyType: 'form', hostHeader: undefined });
  });

  it('takes at most five URLs', () => {
    const urls = (n: number) =>
      callback({ callbackUrl: Array.from({ length: n }, (_, i) => `http://h${i}/`).join(';') });
    expect(decodeCallback(urls(5), undefined)?.urls).toHaveLength(5);
    expect(codeOf(() => decodeCallback(urls(6), undefined))).toBe('InvalidArgument');
  });

  it.each([
    ['no Base64', '{"callbackUrl":"http://h/"}'],
    ['no JSON', base64('callbackUrl=x')],
    ['no object', base64([1])],
    ['no UTF-8', Buffer.from([0x7b, 0xff, 0x7d]).toString('base64')],
    ['empty', ''],
    ['a huge text', base64('x'.repeat(60_000))],
    ['another scheme', callback({ callbackUrl: 'ftp://h/' })],
    ['a broken URL', callback({ callbackUrl: 'http://[::1/' })],
    ['a line break in the URL', callback({ callbackUrl: 'http://h/\r\nX: y' })],
    ['a user in the URL', callback({ callbackUrl: 'http://u:p@h/' })],
    ['only separators', callback({ callbackUrl: ';;' })],
    ['a URL that is no string', callback({ callbackUrl: 1 })],
    ['a host with a line break', callback({ callbackHost: 'h\r\nX: y' })],
    ['a host with a path', callback({ callbackHost: 'h/x' })],
    ['no body', base64({ callbackUrl: 'http://h/' })],
    ['another body type', callback({ callbackBodyType: 'text/plain' })],
    ['an unknown variable', callback({ callbackBody: 'a=${nope}' })],
  ])('refuses %s', (_, encoded) => {
    expect(codeOf(() => decodeCallback(encoded, undefined))).toBe('InvalidArgument');
  });

  it('refuses variables that are none, and those of media', () => {
    for (const variables of ['%', base64('[]'), base64({ a: '1' }), base64({ 'x:a': 1 })]) {
      expect(codeOf(() => decodeCallback(callback({}), variables))).toBe('InvalidArgument');
    }
    const media = callback({ callbackBody: 'h=${imageInfo.height}' });
    expect(codeOf(() => decodeCallback(media, undefined))).toBe('NotImplemented');
  });
});

describe('decodeReturnBody', () => {
  it('reads the alphabet for URLs, without padding', () => {
    const text = '{"key":"${object}","s":"??>>"}';
    const encoded = Buffer.from(text).toString('base64url');
    expect(encoded).toMatch(/[-_]/);
    expect(decodeReturnBody(encoded)).toEqual({ template: ['{"key":"', 'object', '","s":"??>>"}'], format: 'json' });
    expect(decodeReturnBody(base64('size ${size}'))).toMatchObject({ format: 'text' });
    expect(codeOf(() => decodeReturnBody('{"key":"${object}"}'))).toBe('InvalidArgument');
  });
});

describe('admitCallback', () => {
  const settings = { enabled: true, hosts: ['cb.example.com'], privateAddresses: false, timeoutMs: 1 };
  const admit = (fields: object, changed: object = {}) =>
    codeOf(() => admitCallback(decodeCallback(callback(fields), undefined)!, { ...settings, ...changed }));

  it('refuses every callback unless they are on', () => {
    expect(admit({}, { enabled: false })).toBe('NotImplemented');
    expect(admit({})).toBeUndefined();
  });

  it('refuses hosts that are not listed, in every place of the callback', () => {
    expect(admit({ callbackUrl: 'http://CB.example.com./' })).toBeUndefined();
    expect(admit({ callbackUrl: 'http://cb.example.com/;http://evil.example.com/' })).toBe('AccessDenied');
    expect(admit({ callbackUrl: 'http://cb.example.com.evil.test/' })).toBe('AccessDenied');
    expect(admit({ callbackHost: 'evil.example.com' })).toBe('AccessDenied');
    expect(admit({ callbackHost: 'CB.example.com:80' })).toBeUndefined();
    expect(admit({}, { hosts: [] })).toBe('AccessDenied');
  });

  it('knows all hosts below a name, all hosts, and addresses', () => {
    const below = { hosts: ['*.example.com'] };
    expect(admit({}, below)).toBeUndefined();
    expect(admit({ callbackUrl: 'http://example.com/' }, below)).toBe('AccessDenied');
    expect(admit({ callbackUrl: 'http://badexample.com/' }, below)).toBe('AccessDenied');
    expect(admit({ callbackUrl: 'http://anything/' }, { hosts: ['*'] })).toBeUndefined();
    expect(admit({ callbackUrl: 'http://[::1]/;http://0x7f.1/' }, { hosts: ['::1', '127.0.0.1'] })).toBeUndefined();
  });
});

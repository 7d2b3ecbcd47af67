import { describe, expect, it } from 'vitest';
import { redirectUrl, successStatus } from './answer.ts';

const fields = (name: string, value: string) => ({ get: (asked: string) => (asked === name ? value : undefined) });
const ETAG = 'ee8de918d05640145b18f70f4c3aa602';
const redirect = (url: string, key = 'exampleobject') =>
  redirectUrl(fields('success_action_redirect', url), 'examplebucket-1250000000', key, ETAG);
const QUERY = `bucket=examplebucket-1250000000&key=exampleobject&etag=%22${ETAG}%22`;

describe('redirectUrl', () => {
  it('appends to the address', () => {
    expect(redirect('https://my.website/upload_success.html')).toBe(`https://my.website/upload_success.html?${QUERY}`);
    expect(redirect('http://h/p?a=b')).toBe(`http://h/p?a=b&${QUERY}`);
    expect(redirect('http://h/p?')).toBe(`http://h/p?${QUERY}`);
    expect(redirect('http://h/p?a&')).toBe(`http://h/p?a&${QUERY}`);
    expect(redirect('HTTPS://h/p#top')).toBe(`HTTPS://h/p?${QUERY}#top`);
    expect(redirect(' http://h/图 ')).toBe(`http://h/%E5%9B%BE?${QUERY}`);
    expect(redirect('http://h/', 'a/b &图')).toContain('&key=a%2Fb%20%26%E5%9B%BE&');
  });

  it('knows addresses of the web only', () => {
    for (const url of ['', '/done', 'javascript:alert(1)', 'ftp://h/', 'http://', 'done.html']) {
      expect(redirect(url)).toBeUndefined();
    }
    expect(redirect('http://h/\r\nSet-Cookie: a')).not.toMatch(/[\r\n]/);
    expect(redirectUrl({ get: () => undefined }, 'b', 'k', ETAG)).toBeUndefined();
  });
});

describe('successStatus', () => {
  it('is one of three', () => {
    for (const [text, status] of [
      ['200', 200],
      ['201', 201],
      ['204', 204],
      ['404', 204],
      ['', 204],
      [' 200 ', 200],
    ] as const) {
      expect(successStatus(fields('success_action_status', text))).toBe(status);
    }
    expect(successStatus({ get: () => undefined })).toBe(204);
  });
});

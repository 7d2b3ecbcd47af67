import { describe, expect, it } from 'vitest';
import { refererAllowed } from './match.ts';
import type { RefererRules } from './rules.ts';

const rules = (given: Partial<RefererRules>): RefererRules => ({
  enabled: true,
  list: 'white',
  domains: ['example.com'],
  allowEmpty: false,
  verifySignedUrls: false,
  ...given,
});
const listed = (domain: string, referer: string) => refererAllowed(rules({ domains: ['other.org', domain] }), referer);

describe('a referer', () => {
  it.each([
    ['example.com', 'http://example.com', true],
    ['example.com', 'https://example.com/123', true],
    ['example.com', 'HTTPS://EXAMPLE.com:8080/a?b', true],
    ['example.com', 'example.com', true],
    ['example.com', 'http://example.com.cn/', true],
    ['example.com', 'http://www.example.com/', false],
    ['example.com', 'http://example.org/?example.com', false],
    ['EXAMPLE.com', 'http://example.COM/', true],
    ['http://example.com', 'https://example.com/', true],
    ['example.com:8080', 'http://example.com:8080/x', true],
    ['example.com:8080', 'http://example.com/', false],
    ['example.com:8080', 'http://example.com:80801/', false],
    ['*.example.com', 'http://example.com/', true],
    ['*.example.com', 'http://b.example.com/', true],
    ['*.example.com', 'http://a.b.example.com:81/x', true],
    ['*.example.com', 'http://notexample.com/', false],
    ['*.example.com', 'http://evil.org/a.example.com', false],
    ['*.example.com:81', 'http://a.example.com:81/', true],
    ['*.example.com:81', 'http://a.example.com/', false],
    ['www.qq.com/123', 'http://www.qq.com/123.jpg', true],
    ['www.qq.com/123', 'http://www.qq.com/12', false],
    ['www.qq.com/Path', 'http://WWW.qq.com/path', false],
    ['10.0.0.1:8080', 'http://10.0.0.1:8080/', true],
    ['10.0.0.1', 'http://10.0.0.2/', false],
  ])('of the entry %s: %s is %s', (domain, referer, expected) => {
    expect(listed(domain, referer)).toBe(expected);
    expect(refererAllowed(rules({ list: 'black', domains: [domain] }), referer)).toBe(!expected);
  });

  it('that is missing is allowed or not, whatever the list', () => {
    for (const list of ['white', 'black'] as const) {
      for (const allowEmpty of [true, false]) {
        for (const referer of [undefined, ''])
          expect(refererAllowed(rules({ list, allowEmpty }), referer)).toBe(allowEmpty);
      }
    }
  });

  it('of any length is judged quickly', () => {
    const before = process.hrtime.bigint();
    const domains = Array.from({ length: 30 }, (_, i) => `*.${'a.'.repeat(100)}${i}`);
    expect(refererAllowed(rules({ domains }), `http://${'a.'.repeat(16_000)}`)).toBe(false);
    expect(Number(process.hrtime.bigint() - before) / 1e6).toBeLessThan(500);
  });
});

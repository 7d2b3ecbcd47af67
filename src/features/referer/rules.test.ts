import { describe, expect, it } from 'vitest';
import { BUCKET_REFERER, checkReferer, type RefererRules } from './rules.ts';

const rules = (...domains: string[]): RefererRules => ({
  enabled: true,
  list: 'black',
  domains,
  allowEmpty: true,
  verifySignedUrls: false,
});

describe('the domains of hotlink protection', () => {
  it.each(['example.com', '*.qq.com', 'https://*.qq.com', '10.0.0.1:8080', 'www.qq.com/a/b', '例子.cn'])(
    'can be %s',
    (domain) => {
      const given = rules(domain);
      expect(() => checkReferer(given)).not.toThrow();
      expect(BUCKET_REFERER.unpack(BUCKET_REFERER.pack(given))).toEqual(given);
    },
  );

  it.each(['a b', 'a\tb', '*', '*.', '*qq.com', 'a.*.com', '*.*.com', 'qq.com/*', 'x'.repeat(1_025)])(
    'cannot be %s',
    (domain) => {
      expect(() => checkReferer(rules('ok.com', domain))).toThrow(expect.objectContaining({ code: 'InvalidArgument' }));
    },
  );

  it('are thirty at most', () => {
    const domains = (length: number) => Array.from({ length }, (_, i) => `d${i}.com`);
    expect(() => checkReferer(rules(...domains(30)))).not.toThrow();
    expect(() => checkReferer(rules(...domains(31)))).toThrow(expect.objectContaining({ code: 'InvalidArgument' }));
  });

  it('keep every field', () => {
    for (const list of ['white', 'black'] as const) {
      for (const on of [true, false]) {
        const given = { enabled: on, list, domains: ['b', 'A'], allowEmpty: !on, verifySignedUrls: on };
        expect(BUCKET_REFERER.unpack(BUCKET_REFERER.pack(given))).toEqual(given);
      }
    }
  });
});

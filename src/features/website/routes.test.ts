import { describe, expect, it } from 'vitest';
import { documentKey, replacedKey, ruleOfKey, ruleOfStatus } from './routes.ts';
import { BUCKET_WEBSITE, type RoutingRule, type WebsiteConfiguration } from './rules.ts';

const rule = (given: Pick<RoutingRule, 'condition' | 'replacement'>): RoutingRule => ({
  protocol: undefined,
  urlRedirect: undefined,
  ...given,
});
const DOCS = rule({ condition: { prefix: 'docs/' }, replacement: { prefix: 'documents/' } });
const DEEPER = rule({ condition: { prefix: 'docs/a/' }, replacement: { key: 'a.html' } });
const ABSENT = rule({ condition: { status: 404 }, replacement: { key: '404.html' } });
const SITE = { index: 'index.html', rules: [ABSENT, DOCS, DEEPER] };

describe('rules', () => {
  it('apply in their order, to keys by case, to a status alone', () => {
    expect(ruleOfKey(SITE, 'docs/a/b')).toBe(DOCS);
    expect(ruleOfKey(SITE, 'docs')).toBeUndefined();
    expect(ruleOfKey(SITE, 'Docs/a')).toBeUndefined();
    expect(ruleOfStatus(SITE, 404)).toBe(ABSENT);
    expect(ruleOfStatus(SITE, 403)).toBeUndefined();
  });

  it('replace the key or its beginning', () => {
    expect(replacedKey(DOCS, 'docs/a/docs/')).toBe('documents/a/docs/');
    expect(replacedKey(DEEPER, 'docs/a/b')).toBe('a.html');
    expect(replacedKey(ABSENT, 'docs/a')).toBe('404.html');
    const stripped = rule({ condition: { prefix: 'docs/' }, replacement: { prefix: '' } });
    expect(replacedKey(stripped, 'docs/a')).toBe('a');
  });
});

it.each([
  ['', 'index.html'],
  ['a/', 'a/index.html'],
  ['a//', 'a//index.html'],
  ['a', 'a'],
])('the document of %j is %j', (key, document) => expect(documentKey(SITE, key)).toBe(document));

it('comes back from its row unchanged', () => {
  const full: WebsiteConfiguration = {
    index: 'i',
    redirectAll: 'HTTPS',
    autoAddressing: 'Disabled',
    errorDocument: { key: 'e', originalStatus: 'Enabled', charity404: 'Disabled' },
    rules: [{ ...DOCS, protocol: 'https', urlRedirect: 'Disabled' }, DEEPER, ABSENT],
  };
  const least: WebsiteConfiguration = {
    index: 'i',
    redirectAll: undefined,
    autoAddressing: undefined,
    errorDocument: undefined,
    rules: [],
  };
  for (const site of [full, least]) expect(BUCKET_WEBSITE.unpack(BUCKET_WEBSITE.pack(site))).toEqual(site);
});

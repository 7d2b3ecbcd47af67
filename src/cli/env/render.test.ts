import { describe, expect, it } from 'vitest';
import { FACTS } from './fixture.ts';
import { CLIENTS, findClient } from './registry.ts';
import { renderClient, renderJson, renderList } from './render.ts';

const python = findClient('python')!;
const blocks = (text: string) => text.match(/```[\s\S]*?```/g);

describe('renderClient', () => {
  it('prints the first form alone, or the one that is asked for, or all', () => {
    const titles = (form: 'first' | 'all' | 'proxy') =>
      [...renderClient(python, FACTS, { lang: 'en', form, level: 1 }).matchAll(/^## .*\(`(\w+)`\)$/gm)].map(
        (m) => m[1],
      );
    expect(titles('first')).toEqual(['ip']);
    expect(titles('proxy')).toEqual(['proxy']);
    expect(titles('all')).toEqual(['ip', 'domain', 'proxy', 'https']);
  });

  it('has the same blocks in both languages', () => {
    for (const client of CLIENTS) {
      const [en, zh] = (['en', 'zh'] as const).map((lang) =>
        renderClient(client, FACTS, { lang, form: 'all', level: 1 }),
      );
      expect(blocks(zh!)).toEqual(blocks(en!));
    }
  });

  it('says which names must resolve, only where names are used', () => {
    const by = (form: 'ip' | 'domain') => renderClient(python, FACTS, { lang: 'en', form, level: 1 });
    expect(by('domain')).toContain('`*.cos.ap-nanjing.store.test` and `service.cos.store.test` must resolve');
    expect(by('ip')).not.toContain('must resolve');
  });

  it('says why there is nothing to show', () => {
    const text = (id: string, form: 'ip' | 'https' | 'domain' | 'proxy' | 'first', server = FACTS) =>
      renderClient(findClient(id)!, server, { lang: 'en', form, level: 1 });
    expect(text('picgo', 'ip')).toContain('It has no form `ip`; there is: `proxy`.');
    expect(text('node', 'https', { ...FACTS, tlsPort: undefined })).toContain('--tls-port');
    expect(text('boto3', 'proxy')).toContain('--base-domains amazonaws.com');
    expect(text('dify', 'first', { ...FACTS, domain: '' })).toContain('--base-domains');
    expect(text('cosbrowser', 'first')).toContain('no setting for an endpoint');
    expect(text('aws-cli', 'first')).toContain('--endpoint-url http://127.0.0.9:9321');
  });
});

describe('renderList', () => {
  it('has a line for each client', () => {
    const text = renderList(FACTS, 'zh');
    for (const { id } of CLIENTS) expect(text).toMatch(new RegExp(`^  ${id} `, 'm'));
  });
});

describe('renderJson', () => {
  it('keeps the text as it is to be pasted', () => {
    const { clients } = JSON.parse(renderJson([python], FACTS, { lang: 'en', form: 'https' }));
    expect(clients).toHaveLength(1);
    expect(clients[0].forms.https[0]).toMatchObject({ language: 'sh', text: expect.stringContaining('REQUESTS_CA') });
    expect(clients[0].forms.https[1].text).toMatch(/^from qcloud_cos/);
  });
});

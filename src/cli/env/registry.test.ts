import { describe, expect, it } from 'vitest';
import { HostResolver } from '../../http/host.ts';
import { factsOf } from './facts.ts';
import { FACTS } from './fixture.ts';
import { CLIENTS, findClient, formsOf, seenBy } from './registry.ts';
import type { Client, Form, ServerFacts } from './types.ts';

const UNFILLED =
  /undefined|NaN|\[object|<(?:bucket|[Ss]ecret|region|appid|APPID|key)[A-Za-z-]*>|SECRET_(?:ID|KEY)\b(?!=)|…/;
const hosts = new HostResolver({ baseDomains: ['myqcloud.com', FACTS.domain], regions: [FACTS.region] });

const cases = CLIENTS.flatMap((client) => formsOf(client, FACTS).map((form) => [client.id, form, client] as const));
const snippetsOf = (client: Client, form: Form, server: ServerFacts = FACTS) =>
  client.forms[form]!(seenBy(form, server));
const textOf = (client: Client, form: Form) =>
  snippetsOf(client, form)
    .map(({ text }) => text)
    .join('\n');

/** Every host under the service's domain or ours, as a client would send it. */
function hostsIn(text: string): string[] {
  const plain = text.replaceAll(/\{Bucket\}|%\(bucket\)s/g, FACTS.bucket).replaceAll('{Region}', FACTS.region);
  return plain.match(/(?:[\w-]+\.)*(?:myqcloud\.com|store\.test)(?::\d+)?/g) ?? [];
}

describe('the clients', () => {
  it('have names of their own, in lower case', () => {
    const names = CLIENTS.flatMap(({ id, aliases }) => [id, ...(aliases ?? [])]);
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => name !== name.toLowerCase() || name === 'all')).toEqual([]);
    for (const name of names) expect(findClient(name.toUpperCase())).toBeDefined();
    expect(CLIENTS.length).toBeGreaterThan(30);
  });

  it.each(cases)('%s by %s leaves nothing to fill in', (id, form, client) => {
    const snippets = snippetsOf(client, form);
    expect(snippets.length).toBeGreaterThan(0);
    for (const { caption, text, language } of snippets) {
      expect(text).not.toMatch(UNFILLED);
      expect(text).not.toMatch(/\n$/);
      expect(caption.en).not.toBe('');
      expect(caption.zh).toMatch(/[\u3400-\u9fff]|：$/);
      expect(language).not.toBe('');
    }
    if (id === 'curl') return;
    expect(textOf(client, form)).toContain(FACTS.secretId);
    expect(textOf(client, form)).toContain(FACTS.secretKey);
  });

  it.each(cases)('%s by %s names hosts that the server takes for what they should be', (_, form, client) => {
    const text = textOf(client, form);
    const port = seenBy(form, FACTS).port;
    for (const host of hostsIn(text)) {
      expect(host.split(':')[1], host).toBe(host.includes(FACTS.domain) ? String(port) : undefined);
      const target = hosts.resolve(host);
      if (target.type === 'bucket') {
        expect(target).toMatchObject({ full: FACTS.bucket, region: FACTS.region, kind: 'rest' });
      } else {
        expect(['service', 'path-style']).toContain(target.type);
      }
    }
    // Every form leads here: by an own name, or by address and port, in one or in two places.
    if (form === 'domain') expect(hostsIn(text).some((host) => host.includes(FACTS.domain))).toBe(true);
    else if (form !== 'https') expect(text).toMatch(new RegExp(`${FACTS.host}[\\s\\S]*${port}`));
    else expect(text).toContain(String(port));
  });

  it.each(cases)('%s by %s is spelt for a key of any characters', (id, form, client) => {
    const server = { ...FACTS, secretKey: `a'b"c\\d<e&f` };
    const text = snippetsOf(client, form, server)
      .map((snippet) => snippet.text)
      .join('\n');
    // Files whose values have no quotes take any text up to the end of the line.
    if (id === 'curl' || ['rclone', 's3cmd', 'cloudreve', 'opendal'].includes(id)) return;
    expect(text).not.toContain(`'${server.secretKey}'`);
    expect(text).not.toContain(`"${server.secretKey}"`);
    expect(text).not.toContain(`>${server.secretKey}<`);
  });

  const ways = [...'aws-cli boto3 aws-sdk-js rclone s3cmd s3fs mc minio-js restic'.split(' ')].map(
    (id) => [id, findClient(id)!] as const,
  );
  it.each(ways)('%s has the bucket in the path at an address, with and without TLS', (id, client) => {
    expect(formsOf(client, FACTS)).toEqual(expect.arrayContaining(['ip', 'https']));
    for (const form of ['ip', 'https'] as const) {
      expect(textOf(client, form)).not.toMatch(/virtual|pathStyle: false|= false$|PathStyle: false/m);
    }
    if (id !== 'rclone' && id !== 's3cmd') expect(textOf(client, 'ip')).toContain(FACTS.bucket);
    const secure = textOf(client, 'https');
    if (!['rclone', 's3cmd'].includes(id)) expect(secure).toContain(FACTS.bucket);
    expect(secure).toContain('/data/tls/ca.crt');
  });

  it.each(ways.filter(([, client]) => 'domain' in client.forms))(
    '%s has it in the host where there are names',
    (_, client) => {
      const text = textOf(client, 'domain');
      expect(text).toContain(`cos.${FACTS.region}.${FACTS.domain}:${FACTS.port}`);
      expect(text).not.toMatch(/addressing_style.*path|forcePathStyle: true|force_path_style = true|use_path_request/);
    },
  );
});

describe('the names of AWS', () => {
  const aws = { ...FACTS, aws: true };

  it.each([['aws-cli'], ['boto3']])('lead %s here through the server as proxy, where it has them', (id) => {
    const client = findClient(id)!;
    expect(formsOf(client, FACTS)).not.toContain('proxy');
    expect(formsOf(client, aws)).toContain('proxy');
    const [proxy, trust, program] = client.forms.proxy!(aws);
    expect(proxy?.text).toBe('export HTTPS_PROXY=http://127.0.0.9:9321');
    expect(trust?.text).toBe('export AWS_CA_BUNDLE=/data/tls/ca.crt');
    for (const part of [FACTS.bucket, FACTS.region, FACTS.secretId, FACTS.secretKey]) {
      expect(program?.text).toContain(part);
    }
    expect(program?.text).not.toMatch(/endpoint|127\.0\.0\.9|addressing_style/);
  });

  it("are nobody else's own", () => {
    const place = {
      addresses: [{ host: '127.0.0.1', port: 1 }],
      region: 'r',
      appid: '1',
      secretId: 'a',
      secretKey: 'b',
    };
    const facts = factsOf({ ...place, baseDomains: ['amazonaws.com', 'store.test'] });
    expect(facts).toMatchObject({ domain: 'store.test', aws: true });
    expect(factsOf({ ...place, baseDomains: ['myqcloud.com'] })).not.toHaveProperty('aws');
  });
});

describe('formsOf', () => {
  it('leaves out what the server lacks', () => {
    const node = findClient('node')!;
    expect(formsOf(node, FACTS)).toEqual(['ip', 'domain', 'proxy', 'https']);
    expect(formsOf(node, { ...FACTS, tlsPort: undefined })).toEqual(['ip', 'domain', 'proxy']);
    expect(formsOf(node, { ...FACTS, domain: '' })).toEqual(['ip', 'proxy']);
  });
});

describe('https', () => {
  it('names the certificate authority, unless the operator has another', () => {
    const go = findClient('go')!;
    const [trust] = go.forms.https!(seenBy('https', FACTS));
    expect(trust?.text).toBe('export SSL_CERT_FILE=/data/tls/ca.crt');
    expect(go.forms.https!(seenBy('https', { ...FACTS, caFile: undefined }))).toHaveLength(1);
  });
});

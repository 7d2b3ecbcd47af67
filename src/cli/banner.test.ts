import { describe, expect, it } from 'vitest';
import { loadConfig } from '../platform/config/index.ts';
import { renderBanner } from './banner.ts';
import { factsFrom } from './env/facts.ts';
import { findClient } from './env/registry.ts';
import type { RunningServer } from './serve.ts';

const server: RunningServer = {
  addresses: [
    { host: '127.0.0.1', port: 9123 },
    { host: '::1', port: 9123 },
  ],
  tlsAddresses: [],
  account: {
    appid: '1250000000',
    uin: '100000000001',
    secretId: 'AKIDexample',
    secretKey: 'verysecret',
    origin: 'file',
    notes: [],
  },
  dataDir: '/data',
  close: () => Promise.resolve(),
};

function banner(given: { server?: Partial<RunningServer>; flags?: Record<string, string>; showSecret?: boolean } = {}) {
  const { config } = loadConfig({ flags: new Map(Object.entries(given.flags ?? {})) });
  const options = { version: '1.2.3', showSecret: given.showSecret === true };
  return renderBanner({ ...server, ...given.server }, config, options);
}

describe('renderBanner', () => {
  it('names endpoint, region, account and folder, with a line for each common client', () => {
    const text = banner();
    for (const part of [
      'Cosette 1.2.3',
      'http://127.0.0.1:9123',
      'ap-guangzhou',
      '1250000000',
      'AKIDexample',
      '/data',
    ]) {
      expect(text).toContain(part);
    }
    for (const client of ['Node.js', 'Python', 'Go', 'Java', 'coscli', 'coscmd', 'curl', 'S3 tools']) {
      expect(text).toMatch(new RegExp(`^  ${client.replace('.', '\\.')} `, 'm'));
    }
    expect(text).toContain("Ip: '127.0.0.1:9123'");
    expect(text).toContain("IP='127.0.0.1', Port=9123");
    expect(text).toContain("Domain: '{Bucket}.cos.{Region}.localhost:9123'");
  });

  it('gives clients what `cosette env` gives them', () => {
    const facts = factsFrom(loadConfig({ flags: new Map([['port', '9123']]) }).config, undefined, server.account, {
      showSecret: false,
    });
    const lines = banner().split('\n');
    const lineOf = (name: string) => lines.find((line) => line.startsWith(`  ${name} `))!.slice(13);
    for (const [name, id, form] of [
      ['Node.js', 'node', 'ip'],
      ['Python', 'python', 'ip'],
      ['coscli', 'coscli', 'domain'],
      ['coscmd', 'coscmd', 'domain'],
    ] as const) {
      const texts = findClient(id)!.forms[form]!(facts).map(({ text }) => text);
      expect(texts.join('\n')).toContain(lineOf(name));
    }
  });

  it('shows the secret when it was made just now or is asked for, and never else', () => {
    expect(banner()).not.toContain('verysecret');
    expect(banner({ server: { account: { ...server.account, origin: 'seeds' } } })).not.toContain('verysecret');
    expect(banner({ server: { account: { ...server.account, origin: 'generated' } } })).toContain('verysecret');
    expect(banner({ showSecret: true })).toContain('verysecret');
  });

  it('says where TLS is, and whose certificate it shows', () => {
    expect(banner()).not.toContain('https://');
    const tlsAddresses = [{ host: '::', port: 9443 }];
    expect(banner({ server: { tlsAddresses } })).toMatch(/^ {2}TLS +https:\/\/\[::1\]:9443 {2}\(cosette trust/m);
    const flags = { 'tls.cert': 'own.pem', 'tls.key': 'own-key.pem' };
    expect(banner({ server: { tlsAddresses }, flags })).toContain('(certificate: own.pem)');
  });

  it('is loud about relaxed durability', () => {
    expect(banner()).not.toMatch(/relaxed/i);
    expect(banner({ flags: { durability: 'relaxed' } })).toMatch(/^ {2}DURABILITY RELAXED/m);
  });

  it('is loud about faults on demand', () => {
    expect(banner()).not.toContain('FAULTS');
    const text = banner({ flags: { 'faults.nameProfileBuckets': 'a-1250000000,b-1250000000' } });
    expect(text).toMatch(/^ {2}FAULTS {5}ON: objects of a-1250000000, b-1250000000 fail/m);
    expect(banner({ flags: { 'faults.rules': 'true' } })).toMatch(/^ {2}FAULTS {5}RULES ON/m);
    expect(banner({ flags: { 'faults.header': 'true' } })).toMatch(/^ {2}FAULTS {5}HEADER ON/m);
  });

  it('names an address that a client can use, and our own domain', () => {
    expect(banner({ server: { addresses: [{ host: '0.0.0.0', port: 80 }] } })).toContain('http://127.0.0.1:80\n');
    expect(banner({ server: { addresses: [{ host: '::', port: 80 }] } })).toContain('http://[::1]:80\n');
    expect(banner({ flags: { baseDomains: 'myqcloud.com,cos.example.com' } })).toContain(
      '{Region}.cos.example.com:9123',
    );
    expect(banner({ flags: { baseDomains: 'myqcloud.com' } })).not.toContain('coscli');
  });
});

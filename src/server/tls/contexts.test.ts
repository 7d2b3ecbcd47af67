import { describe, expect, it } from 'vitest';
import { HostResolver } from '../../http/host.ts';
import { makeKeys, serverCertificate } from '../../platform/certificates/certificate.ts';
import { ManualClock } from '../../platform/clock.ts';
import { CertifiedContexts } from './contexts.ts';

const DAY_MS = 86_400_000;
const hosts = new HostResolver({ regions: ['ap-guangzhou'], baseDomains: ['example.com'] });
const issuer = { name: 'test', keys: makeKeys() };

function certify(names: readonly string[], nowMs = 0) {
  const keys = makeKeys();
  const validity = { fromMs: nowMs, toMs: nowMs + 396 * DAY_MS };
  return {
    cert: serverCertificate(issuer, keys.publicKey, names, validity),
    key: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    renewAtMs: nowMs + 366 * DAY_MS,
  };
}

function contexts() {
  const made: string[] = [];
  const clock = new ManualClock(0);
  const all = new CertifiedContexts({
    certify(names) {
      made.push(names.join());
      return certify(names, clock.nowMs());
    },
    hosts,
    bareHosts: [],
    listenedOn: ['127.0.0.1'],
    clock,
  });
  return { all, made, clock };
}

describe('CertifiedContexts', () => {
  it('makes one certificate for all buckets of a region, and one for whoever names nothing of ours', () => {
    const { all, made } = contexts();
    const first = all.contextFor('a-1250000000.cos.ap-guangzhou.example.com', '127.0.0.1');
    expect(all.contextFor('b-1250000000.cos.ap-guangzhou.example.com', '127.0.0.1')).toBe(first);
    const none = all.contextFor(undefined, '::ffff:127.0.0.1');
    expect(all.contextFor('example.org', '127.0.0.1')).toBe(none);
    expect(none).not.toBe(first);
    expect(made).toEqual(['*.cos.ap-guangzhou.example.com,cos.ap-guangzhou.example.com', 'localhost,127.0.0.1,::1']);
    all.contextFor(undefined, '10.0.0.7');
    expect(made[2]).toBe('localhost,127.0.0.1,::1,10.0.0.7');
  });

  it('renews what is about to expire', () => {
    const { all, made, clock } = contexts();
    const first = all.contextFor('service.example.com', '');
    clock.advance(365 * DAY_MS);
    expect(all.contextFor('service.example.com', '')).toBe(first);
    clock.advance(DAY_MS);
    expect(all.contextFor('service.example.com', '')).not.toBe(first);
    expect(made).toHaveLength(2);
  });

  it('keeps a bounded number', () => {
    const { all, made } = contexts();
    for (let at = 0; at < 257; at++) all.contextFor(`n${at}.example.com`, '');
    all.contextFor('n256.example.com', '');
    expect(made).toHaveLength(257);
    all.contextFor('n0.example.com', '');
    expect(made).toHaveLength(258);
  });
});

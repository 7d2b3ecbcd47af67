import { describe, expect, it } from 'vitest';
import { configSchema } from '../platform/config/schema.ts';
import { exposureWarnings, isExposed } from './exposure.ts';

const account = { secretKey: 'x'.repeat(32) };
const warnings = (given: object, key = account) => exposureWarnings(configSchema.parse(given), key).join('\n');

describe('exposure', () => {
  it.each([
    [['127.0.0.1', '::1'], false],
    [['localhost'], false],
    [['127.0.0.1', '0.0.0.0'], true],
    [['::'], true],
    [['192.168.1.5'], true],
    [['nas.local'], true],
  ])('%j is more than this machine: %s', (host, exposed) => expect(isExposed(host)).toBe(exposed));

  it('says nothing while only this machine is listened to', () => {
    expect(warnings({ admin: { remote: 'any' }, signatures: { failuresPerMinute: 0 } }, { secretKey: 'short' })).toBe(
      '',
    );
  });

  it('says what is dangerous on a network, and nothing else', () => {
    const host = ['0.0.0.0'];
    expect(warnings({ host, tls: { port: 9443 } })).toBe('');
    expect(warnings({ host })).toMatch(/^requests travel unencrypted.*$/);
    expect(warnings({ host, tls: { port: 1 } }, { secretKey: 'x'.repeat(15) })).toMatch(/^the SecretKey has fewer.*$/);
    expect(warnings({ host, tls: { port: 1 }, admin: { remote: 'any' } })).toMatch(
      /^the admin API answers everybody.*$/,
    );
    expect(warnings({ host, tls: { port: 1 }, admin: { remote: 'tls' } })).toBe('');
    expect(warnings({ host, tls: { port: 1 }, signatures: { failuresPerMinute: 0 } })).toMatch(/^wrong signatures.*$/);
    expect(warnings({ host, tls: { port: 1 }, testClock: true })).toMatch(/^the test clock.*$/);
    const faults = { nameProfileBuckets: ['b-1250000000'] };
    expect(warnings({ host, tls: { port: 1 }, faults })).toMatch(/^faults on demand.*$/);
    expect(warnings({ host, tls: { port: 1 }, faults: { header: true } })).toMatch(/^every request may ask.*$/);
  });
});

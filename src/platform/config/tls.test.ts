import { describe, expect, it } from 'vitest';
import { loadConfig } from './index.ts';

const load = (flags: Record<string, string>) => loadConfig({ flags: new Map(Object.entries(flags)) }).config.tls;

describe('the TLS settings', () => {
  it('are off by default, and take a port and a pair of files', () => {
    expect(load({})).toEqual({});
    const all = { 'tls.port': '0', 'tls.cert': 'own.pem', 'tls.key': 'own-key.pem' };
    expect(load(all)).toEqual({ port: 0, cert: 'own.pem', key: 'own-key.pem' });
    expect(load({ port: '0', 'tls.port': '0' })).toEqual({ port: 0 });
  });

  it.each([
    [{ 'tls.cert': 'own.pem' }, /tls\.key .*must be given/],
    [{ 'tls.key': 'own-key.pem' }, /tls\.cert .*must be given/],
    [{ port: '9443', 'tls.port': '9443' }, /tls\.port = 9443 .*must be another one than that of plain HTTP/],
    [{ 'tls.port': '65536' }, /tls\.port = 65536 .*a whole number from 0 to 65535/],
  ])('refuse %j', (flags, message) => {
    expect(() => load(flags as unknown as Record<string, string>)).toThrow(message);
  });
});

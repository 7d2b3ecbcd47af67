/** The section that lets the server send requests: what is allowed is named, or nothing is. */
import { describe, expect, it } from 'vitest';
import { ConfigError, loadConfig } from './index.ts';

const load = (flags: Record<string, string>) => loadConfig({ flags: new Map(Object.entries(flags)), env: {} }).config;

describe('callbacks', () => {
  it('are off, and call nobody', () => {
    expect(load({}).callbacks).toEqual({ enabled: false, hosts: [], privateAddresses: false, timeoutMs: 5_000 });
  });

  it('are on for hosts that are named', () => {
    const on = { 'callbacks.enabled': 'true' };
    expect(() => load(on)).toThrow(ConfigError);
    expect(() => load(on)).toThrow(/callbacks\.hosts .* must name the hosts that may be called/);
    const hosts = load({ ...on, 'callbacks.hosts': '*.example.com,cb.example.com,10.0.0.1,::1,*' }).callbacks.hosts;
    expect(hosts).toEqual(['*.example.com', 'cb.example.com', '10.0.0.1', '::1', '*']);
  });

  it.each(['Example.com', 'cb:80', 'http://cb', 'a.*.b', '**', '[::1]', 'a/b'])('know no host %s', (host) => {
    expect(() => load({ 'callbacks.hosts': host })).toThrow(ConfigError);
  });
});

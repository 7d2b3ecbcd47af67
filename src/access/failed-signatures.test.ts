import { describe, expect, it } from 'vitest';
import { FailedSignatures } from './failed-signatures.ts';

const AT = 1_700_000_000_000;
const times = (count: number, act: () => number): number[] => Array.from({ length: count }, act);

describe('FailedSignatures', () => {
  it('lets some fail, then says how long to wait, and forgets after the window', () => {
    const failed = new FailedSignatures({ failures: 3 });
    expect(times(5, () => failed.failed('10.0.0.1', AT))).toEqual([0, 0, 0, 60, 60]);
    expect(failed.failed('10.0.0.1', AT + 59_500)).toBe(1);
    expect(failed.failed('10.0.0.1', AT + 60_000)).toBe(0);
  });

  it('counts each address on its own, and one IPv6 network as one', () => {
    const failed = new FailedSignatures({ failures: 1 });
    expect(failed.failed('10.0.0.1', AT)).toBe(0);
    expect(failed.failed('10.0.0.2', AT)).toBe(0);
    expect(failed.failed('::ffff:10.0.0.1', AT)).toBe(60);
    expect(failed.failed('2001:db8::1', AT)).toBe(0);
    expect(failed.failed('2001:db8:0:0:ffff:1:2:3', AT)).toBe(60);
    expect(failed.failed('2001:db8:0:1::1', AT)).toBe(0);
  });

  it('leaves this machine alone, and everybody where the limit is off', () => {
    const failed = new FailedSignatures({ failures: 1 });
    for (const address of ['127.0.0.1', '::1', '::ffff:127.0.0.9']) {
      expect(times(5, () => failed.failed(address, AT))).toEqual([0, 0, 0, 0, 0]);
    }
    const off = new FailedSignatures({ failures: 0 });
    expect(times(3, () => off.failed('10.0.0.1', AT))).toEqual([0, 0, 0]);
    expect(failed.addresses + off.addresses).toBe(0);
  });

  it('remembers so many addresses and no more, the latest', () => {
    const failed = new FailedSignatures({ failures: 1, addresses: 100 });
    for (let i = 0; i < 10_000; i++) failed.failed(`10.0.${i >> 8}.${i & 255}`, AT);
    expect(failed.addresses).toBe(100);
    expect(failed.failed('10.0.39.15', AT)).toBe(60);
    expect(failed.failed('10.0.0.0', AT)).toBe(0);
  });

  it('begins anew when the clock is set back', () => {
    const failed = new FailedSignatures({ failures: 1 });
    expect(times(2, () => failed.failed('10.0.0.1', AT))).toEqual([0, 60]);
    expect(failed.failed('10.0.0.1', AT - 3_600_000)).toBe(0);
  });
});

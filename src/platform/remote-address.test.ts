import { expect, it } from 'vitest';
import { isLoopback, plainAddress } from './remote-address.ts';

it.each([
  ['127.0.0.1', true],
  ['127.200.3.4', true],
  ['::1', true],
  ['0:0:0:0:0:0:0:1', true],
  ['::ffff:127.0.0.1', true],
  ['::FFFF:10.0.0.1', false],
  ['10.0.0.1', false],
  ['128.0.0.1', false],
  ['fe80::1%eth0', false],
  ['::2', false],
  ['', false],
  ['localhost', false],
])('%s is on this machine: %s', (address, expected) => {
  expect(isLoopback(address)).toBe(expected);
});

it('shows an IPv4 address as such, without zones', () => {
  expect(plainAddress('::ffff:10.1.2.3')).toBe('10.1.2.3');
  expect(plainAddress('fe80::1%eth0')).toBe('fe80::1');
});

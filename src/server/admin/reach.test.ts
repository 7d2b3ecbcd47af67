import { expect, it } from 'vitest';
import { type AdminReach, refusedByReach } from './reach.ts';

const REMOTE = '10.0.0.7';
it.each<[AdminReach, string, boolean, number]>([
  ['off', '127.0.0.1', false, 200],
  ['off', '::1', false, 200],
  ['off', '::ffff:127.0.0.1', false, 200],
  ['off', REMOTE, false, 403],
  ['off', REMOTE, true, 403],
  ['tls', '127.0.0.1', false, 200],
  ['tls', REMOTE, false, 403],
  ['tls', REMOTE, true, 200],
  ['any', REMOTE, false, 200],
  ['any', REMOTE, true, 200],
])('admin.remote %s: from %s, over TLS %s: %s', (reach, remoteAddress, secure, status) => {
  const reply = refusedByReach({ remoteAddress, secure }, reach);
  expect(reply?.status ?? 200).toBe(status);
  if (reply !== undefined) expect(JSON.parse(String(reply.body))).toMatchObject({ error: { code: 'AccessDenied' } });
});

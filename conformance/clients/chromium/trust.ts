/**
 * Flags of a Chromium whose HTTP proxy is the server. The browser knows no file of authorities, but a list of keys that
 * it accepts: the key of the certificate that a name has, once the authority is seen to stand behind it.
 */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import type { Socket } from 'node:net';
import { connect } from 'node:tls';
import { given } from './browser.ts';

/** @throws Error when the authority does not stand behind the certificate of the host */
export async function throughProxy(host: string): Promise<readonly string[]> {
  const proxy = `http://${given('ADDRESS')}`;
  const asked = request(proxy, { method: 'CONNECT', path: `${host}:443` }).end();
  const [, tunnel] = (await once(asked, 'connect')) as [IncomingMessage, Socket];
  const socket = connect({ socket: tunnel, servername: host, ca: readFileSync(given('CA')) });
  await once(socket, 'secureConnect');
  const key = socket.getPeerX509Certificate()!.publicKey.export({ type: 'spki', format: 'der' });
  socket.destroy();
  const digest = createHash('sha256').update(key).digest('base64');
  return [`--proxy-server=${proxy}`, `--ignore-certificate-errors-spki-list=${digest}`];
}

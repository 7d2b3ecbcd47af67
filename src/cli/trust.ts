/** `cosette trust`: where the certificate of the local authority lies, and how each kind of client comes to trust it. */
import { openLocalAuthority } from '../platform/certificates/local-authority.ts';
import { systemClock } from '../platform/clock.ts';
import type { ServerConfig } from '../platform/config/index.ts';
import type { Lang } from './env/types.ts';
import { TRUST_CLIENTS, TRUST_TEXTS } from './trust-texts.ts';

export interface TrustOptions {
  readonly lang: Lang;
  readonly json: boolean;
}

/**
 * Makes the authority when there is none.
 * @throws CertificateError; Node's own errors when the data folder cannot be read or written
 */
export async function trust(config: ServerConfig, { lang, json }: TrustOptions): Promise<string> {
  const authority = await openLocalAuthority(config.data, systemClock);
  for (const note of authority.notes) process.stderr.write(`cosette: ${note}\n`);
  const { file, fingerprint, made } = authority;
  const validUntil = new Date(authority.expiresAtMs).toISOString();
  const own = config.tls.cert;
  const clients = TRUST_CLIENTS.map(({ id, title, commands }) => ({
    id,
    title: title[lang],
    commands: commands.map((command) => command[lang].replaceAll('{FILE}', shown(file))),
  }));
  if (json) {
    const facts = {
      file,
      fingerprint,
      validUntil,
      made,
      ...(own === undefined ? {} : { unusedBecauseOf: own }),
      clients,
    };
    return `${JSON.stringify(facts, undefined, 2)}\n`;
  }
  const texts = TRUST_TEXTS[lang];
  let out = `${texts.file}: ${file}\n${texts.fingerprint}: ${fingerprint}\n${texts.validUntil}: ${validUntil.slice(0, 10)}\n`;
  if (own !== undefined) out += `\n${texts.unused.replace('{FILE}', own)}\n`;
  out += `\n${texts.restart}\n`;
  for (const { title, commands } of clients) out += `\n${title}\n${commands.map((line) => `  ${line}\n`).join('')}`;
  return `${out}\n${texts.careful}\n`;
}

/** For a shell. */
function shown(file: string): string {
  return /^[\w@%+=:,./\\-]+$/.test(file) ? file : `"${file}"`;
}

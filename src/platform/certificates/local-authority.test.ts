import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../clock.ts';
import { CertificateError } from './certificate-error.ts';
import { openLocalAuthority } from './local-authority.ts';

const DAY_MS = 86_400_000;
const NOW = Date.parse('2026-11-26T12:00:00Z');
const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'cosette-tls-'));
  folders.push(path);
  return path;
}

const days = (from: string, to: string) => (Date.parse(to) - Date.parse(from)) / DAY_MS;

describe('openLocalAuthority', () => {
  it('makes an authority once, for ten years, with a key that nobody else can read', async () => {
    const dir = folder();
    const clock = new ManualClock(NOW);
    const first = await openLocalAuthority(dir, clock);
    expect(first.made).toBe(true);
    expect(readdirSync(join(dir, 'tls')).sort()).toEqual(['ca-key.pem', 'ca.crt']);
    expect(statSync(join(dir, 'tls', 'ca-key.pem')).mode & 0o777).toBe(0o600);
    expect(readFileSync(first.file, 'utf8')).toBe(first.certificate);
    expect(first.certificate).not.toContain('PRIVATE');
    const certificate = new X509Certificate(first.certificate);
    expect(days(certificate.validFrom, certificate.validTo)).toBe(3_652);
    const again = await openLocalAuthority(dir, clock);
    expect(again).toMatchObject({ made: false, certificate: first.certificate, fingerprint: first.fingerprint });
  });

  it('certifies names for 397 days at most, and asks for a renewal 30 days before the end', async () => {
    const clock = new ManualClock(NOW);
    const authority = await openLocalAuthority(folder(), clock);
    const { cert, key, renewAtMs } = authority.certify(['a.example.com', '10.0.0.1']);
    const leaf = new X509Certificate(cert);
    expect(days(leaf.validFrom, leaf.validTo)).toBeLessThanOrEqual(397);
    expect(Date.parse(leaf.validFrom)).toBeLessThan(NOW);
    expect(Date.parse(leaf.validTo) - renewAtMs).toBe(30 * DAY_MS);
    expect(leaf.checkIssued(new X509Certificate(authority.certificate))).toBe(true);
    expect(key).toContain('PRIVATE KEY');
    // No longer than the authority itself.
    clock.advance(3_600 * DAY_MS);
    expect(Date.parse(new X509Certificate(authority.certify(['b']).cert).validTo)).toBe(authority.expiresAtMs);
  });

  it('is made anew in its last month, and says so', async () => {
    const dir = folder();
    const clock = new ManualClock(NOW);
    const first = await openLocalAuthority(dir, clock);
    clock.advance(3_620 * DAY_MS);
    expect((await openLocalAuthority(dir, clock)).fingerprint).toBe(first.fingerprint);
    clock.advance(3 * DAY_MS);
    const second = await openLocalAuthority(dir, clock);
    expect(second.fingerprint).not.toBe(first.fingerprint);
    expect(second.notes.join()).toContain('trust it again');
    expect(readFileSync(second.file, 'utf8')).toBe(second.certificate);
  });

  it('has one winner when several start at once', async () => {
    const dir = folder();
    const all = await Promise.all(Array.from({ length: 8 }, () => openLocalAuthority(dir, new ManualClock(NOW))));
    expect(new Set(all.map(({ fingerprint }) => fingerprint)).size).toBe(1);
    expect(all.filter(({ made }) => made)).toHaveLength(1);
    expect(readdirSync(join(dir, 'tls')).sort()).toEqual(['ca-key.pem', 'ca.crt']);
  });

  it('writes the certificate again when it is gone or is another', async () => {
    const dir = folder();
    const clock = new ManualClock(NOW);
    const { file, certificate } = await openLocalAuthority(dir, clock);
    writeFileSync(file, 'something else');
    await openLocalAuthority(dir, clock);
    expect(readFileSync(file, 'utf8')).toBe(certificate);
    rmSync(file);
    await openLocalAuthority(dir, clock);
    expect(readFileSync(file, 'utf8')).toBe(certificate);
  });

  it('refuses a damaged file, and one whose halves do not belong together', async () => {
    const dir = folder();
    const clock = new ManualClock(NOW);
    await openLocalAuthority(dir, clock);
    const path = join(dir, 'tls', 'ca-key.pem');
    const whole = readFileSync(path, 'utf8');
    const other = await openLocalAuthority(folder(), clock);
    const mixed = whole.slice(0, whole.indexOf('-----BEGIN CERTIFICATE')) + other.certificate;
    for (const text of ['', whole.slice(0, 200), mixed, 'x'.repeat(70_000)]) {
      writeFileSync(path, text);
      await expect(openLocalAuthority(dir, clock)).rejects.toThrow(CertificateError);
      await expect(openLocalAuthority(dir, clock)).rejects.toThrow(/cannot be used: .*move the folder away/);
      expect(readFileSync(path, 'utf8')).toBe(text);
    }
  });

  it('says when others can read the key', async () => {
    const dir = folder();
    const clock = new ManualClock(NOW);
    await openLocalAuthority(dir, clock);
    const path = join(dir, 'tls', 'ca-key.pem');
    const text = readFileSync(path, 'utf8');
    rmSync(path);
    writeFileSync(path, text, { mode: 0o644 });
    expect((await openLocalAuthority(dir, clock)).notes.join()).toContain('chmod 600');
  });
});

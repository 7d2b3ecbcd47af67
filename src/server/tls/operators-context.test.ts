import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeKeys, serverCertificate } from '../../platform/certificates/certificate.ts';
import { CertificateError } from '../../platform/certificates/certificate-error.ts';
import { ManualClock } from '../../platform/clock.ts';
import { OperatorsContext } from './operators-context.ts';

const issuer = { name: 'the operator', keys: makeKeys() };
let folder: string;
let cert: string;
let key: string;
let lines: string[];
let clock: ManualClock;

const log = {
  info: (text: string) => void lines.push(`info ${text}`),
  warn: (text: string) => void lines.push(`warn ${text}`),
};

function pair() {
  const keys = makeKeys();
  const validity = { fromMs: 0, toMs: 86_400_000 };
  return {
    cert: serverCertificate(issuer, keys.publicKey, ['example.com'], validity),
    key: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

/** @param at seconds since 1970, as the time of change */
function write(file: string, text: string, at: number): void {
  writeFileSync(file, text);
  utimesSync(file, at, at);
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cosette-own-'));
  [cert, key] = [join(folder, 'own.pem'), join(folder, 'own-key.pem')];
  lines = [];
  clock = new ManualClock(0);
  const first = pair();
  write(cert, first.cert, 1);
  write(key, first.key, 1);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('OperatorsContext', () => {
  it('reads renewed files again, not more often than every ten seconds', () => {
    const own = new OperatorsContext({ cert, key }, clock, log);
    const first = own.contextFor();
    const next = pair();
    write(cert, next.cert, 2);
    write(key, next.key, 2);
    clock.advance(9_999);
    expect(own.contextFor()).toBe(first);
    clock.advance(1);
    const second = own.contextFor();
    expect(second).not.toBe(first);
    expect(lines).toEqual(['info the certificate was read again']);
    clock.advance(20_000);
    expect(own.contextFor()).toBe(second);
  });

  it('keeps what it has while a renewal is half done, or files are gone', () => {
    const own = new OperatorsContext({ cert, key }, clock, log);
    const first = own.contextFor();
    const next = pair();
    write(cert, next.cert, 2);
    clock.advance(10_000);
    expect(own.contextFor()).toBe(first);
    rmSync(key);
    clock.advance(10_000);
    expect(own.contextFor()).toBe(first);
    write(key, next.key, 3);
    clock.advance(10_000);
    expect(own.contextFor()).not.toBe(first);
    expect(lines.map((line) => line.slice(0, 4))).toEqual(['warn', 'warn', 'info']);
  });

  it('refuses halves that do not belong together, and what is no PEM', () => {
    write(key, pair().key, 1);
    expect(() => new OperatorsContext({ cert, key }, clock, log)).toThrow(CertificateError);
    write(cert, 'nothing', 1);
    expect(() => new OperatorsContext({ cert, key }, clock, log)).toThrow(/no certificate and its key in PEM/);
    rmSync(cert);
    expect(() => new OperatorsContext({ cert, key }, clock, log)).toThrow(/ENOENT/);
  });
});

import { describe, expect, it } from 'vitest';
import { KeyFileError } from '../access/key-file.ts';
import { CertificateError } from '../platform/certificates/certificate-error.ts';
import { ConfigError } from '../platform/config/index.ts';
import { StoreError } from '../store/store.ts';
import { explainFailure } from './failures.ts';

function systemError(fields: Record<string, unknown>): Error {
  return Object.assign(new Error('raw message'), fields);
}

describe('explainFailure', () => {
  it.each([
    [
      systemError({ code: 'EADDRINUSE', syscall: 'listen', address: '127.0.0.1', port: 9000 }),
      /127\.0\.0\.1 port 9000 is in use.*--port/,
    ],
    [systemError({ code: 'EACCES', syscall: 'listen', address: '127.0.0.1', port: 80 }), /port 80 .*1024.*--port/],
    [systemError({ code: 'EADDRNOTAVAIL', syscall: 'listen', address: '10.9.9.9', port: 1 }), /10\.9\.9\.9.*--host/],
    [systemError({ code: 'EACCES', syscall: 'mkdir', path: '/data' }), /^\/data may not be used by this user.*--data/],
    [systemError({ code: 'EROFS', syscall: 'mkdir', path: '/data' }), /^\/data lies on a read-only file system/],
    [systemError({ code: 'ENOSPC', syscall: 'write' }), /^no space left/],
    [new StoreError('locked', 'the folder /d is in use by process 7'), /process 7\. .*--data/],
    [new StoreError('newer-format', 'the folder has format 2, this is 1'), /^the folder has format 2, this is 1$/],
    [new KeyFileError('the key file is bad'), /^the key file is bad$/],
    [new CertificateError('the pair is bad'), /^the pair is bad$/],
    [
      new ConfigError([{ name: 'port', source: 'flag --port', value: 'x', message: 'must be y' }]),
      /port = x \(flag --port\) must be y/,
    ],
  ])('%s', (error, wanted) => {
    const text = explainFailure(error);
    expect(text).toMatch(wanted);
    expect(text).not.toContain('    at ');
  });

  it('keeps the stack of what nobody foresaw', () => {
    expect(explainFailure(new TypeError('bug'))).toContain('    at ');
  });
});

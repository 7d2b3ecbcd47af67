/** Encryption, symlinks, archived objects and SELECT. */
import { type Case, fact } from '../case.ts';
import { MD5 } from './objects.ts';

export const features: readonly Case[] = [
  fact('sse-cos', 'SSE-COS is shown by HEAD, and the ETag stays the MD5', 'objects §5', { sse: 'AES256', etag: MD5 }),
  fact('sse-c', 'with its key, an SSE-C object is read', 'objects §5', { algorithm: 'AES256', body: '123456789' }),
  fact('sse-c-without-key', 'without its key it is not', 'objects §5.3', { status: 400, code: 'InvalidRequest' }),
  fact('sse-c-other-key', 'nor with another one', 'objects §5.3', { status: 403, code: 'AccessDenied' }),
  fact('symlink', 'a symlink names its target', 'objects §9.4', { target: 'symlink/target 1' }),
  fact('symlink-read', 'reading a symlink reads its target', 'objects §9.4', { body: '123456789' }),
  fact('archive-get', 'an archived object is not readable', 'objects §4.3', {
    status: 403,
    code: 'InvalidObjectState',
  }),
  fact('archive-restore', 'a restore is accepted, and shown by HEAD', 'objects §4.4', {
    status: 202,
    restore: 'ongoing-request="true"',
  }),
  fact('archive-restore-again', 'a second restore while the first one runs', 'objects §4.4', {
    status: 409,
    code: 'RestoreAlreadyInProgress',
  }),
  fact('restore-standard', 'a standard object is not restored', 'objects §8.10', {
    status: 405,
    code: 'RestoreNonArchiveObject',
  }),
  fact('select-csv', 'SELECT on CSV with a header', 'objects §10', { records: 'b,200\nc,300\n' }),
  fact('select-json', 'SELECT on JSON lines', 'objects §10', { records: '{"name":"b"}\n' }),
  fact('select-error', 'a statement that is none', 'objects §10.5', { status: 400, code: 'SQLParsingError' }),
];

/** One line for what can go wrong at the start: what it is and what to do about it. */
import { KeyFileError } from '../access/key-file.ts';
import { SnapshotError } from '../features/snapshot/snapshot-error.ts';
import { CertificateError } from '../platform/certificates/certificate-error.ts';
import { ConfigError } from '../platform/config/index.ts';
import { RemotesError } from '../platform/config/replication-remotes.ts';
import { StoreError } from '../store/store.ts';
import { AdminClientError } from './admin-client-error.ts';

/** @returns text without a stack for what a user can mend; with it for what only a developer can */
export function explainFailure(error: unknown): string {
  const tells = [ConfigError, RemotesError, KeyFileError, CertificateError, AdminClientError, SnapshotError];
  if (error instanceof Error && tells.some((kind) => error instanceof kind)) return error.message;
  if (error instanceof StoreError) return explainStore(error);
  if (!(error instanceof Error)) return String(error);
  const { code, syscall, path, address, port } = error as NodeJS.ErrnoException & { address?: string; port?: number };
  const place = `${address ?? ''}${port === undefined ? '' : ` port ${port}`}`;
  if (code === 'EADDRINUSE') {
    return `${place} is in use by another program: stop it, or choose another port with --port or --tls-port (0 takes a free one)`;
  }
  if (code === 'EADDRNOTAVAIL') return `${place} is no address of this machine: choose others with --host`;
  if (code === 'ENOTFOUND' && syscall === 'getaddrinfo') return `${error.message}: choose another address with --host`;
  if (code === 'EACCES' && syscall === 'listen') {
    return `${place} may not be used by this user: ports below 1024 need rights; choose another with --port or --tls-port`;
  }
  if (code === 'ENOSPC')
    return `no space left on the device${path === undefined ? '' : ` for ${path}`}: free some and start again`;
  if (code === 'EMFILE' || code === 'ENFILE') return 'too many open files: raise the limit (ulimit -n) and start again';
  if (path !== undefined && code !== undefined && code in FILE_CODES) {
    return `${path} ${FILE_CODES[code]}: choose another place (--data, --log-file, --ready-file, --tls-cert, --tls-key) or mend its permissions`;
  }
  return error.stack ?? error.message;
}

const FILE_CODES: Readonly<Record<string, string>> = {
  EACCES: 'may not be used by this user',
  EPERM: 'may not be used by this user',
  EROFS: 'lies on a read-only file system',
  ENOTDIR: 'is not in a folder',
  EEXIST: 'is not a folder',
  EISDIR: 'is a folder, not a file',
  ENOENT: 'does not exist',
};

/** What the engine says, which may be several sentences, and what to do where it does not say it itself. */
function explainStore(error: StoreError): string {
  const said = error.message.endsWith('.') ? error.message : `${error.message}.`;
  switch (error.kind) {
    case 'locked':
      return `${said} One process at a time can serve a data folder: stop the other, or choose another with --data`;
    case 'full':
      return `${said} Free some space and start again`;
    case 'damaged':
    case 'missing':
      return `${said} Keep a copy of the data folder before anything else is tried with it`;
    default: {
      const cause = error.cause instanceof Error ? ` (${error.cause.message})` : '';
      return `${error.message}${cause}`;
    }
  }
}

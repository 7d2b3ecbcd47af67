/** Which requests stand in the audit log, and what of them. */
import type { AccessNote } from '../cos/access-note.ts';
import { claimedSecretId } from '../cos/signature/claimed-key.ts';
import type { WireRequest } from '../http/types.ts';
import { OPERATIONS } from '../operations/registry.ts';
import type { AuditLine, AuditLog } from '../platform/audit-log.ts';
import { ADMIN_PREFIX } from './admin/paths.ts';

/** Reads that are no GET. */
const READS: ReadonlySet<string> = new Set(
  OPERATIONS.filter(({ access, method }) => access === 'object-read' && method === 'POST').map(({ name }) => name),
);
/** A key of COS has 850 bytes at most; what is longer was refused. Characters. */
const MAX_TEXT = 1_024;

/** @returns undefined where nothing was changed and nobody was refused */
export function auditLineOf(request: WireRequest, status: number): AuditLine | undefined {
  const note = (request.note ?? {}) as AccessNote;
  if (!belongs(request, note, status)) return undefined;
  const { identity } = note;
  return {
    requestId: request.requestId,
    remote: request.remoteAddress,
    secure: request.secure,
    method: cut(request.method),
    operation: note.operation,
    bucket: note.bucket,
    key: note.key === undefined ? undefined : cut(note.key),
    path: note.bucket === undefined ? cut(request.rawPath) : undefined,
    account: identity?.appid,
    ownerUin: identity?.ownerUin,
    uin: identity?.uin,
    name: identity?.name || undefined,
    secretId: note.secretId ?? (status === 403 || status === 503 ? claimed(request) : undefined),
    session: identity?.session?.name,
    status,
    code: note.code,
    rule: note.rule,
    fault: note.fault?.ids || undefined,
  };
}

export function auditor(log: AuditLog) {
  return (request: WireRequest, status: number): void => {
    const line = auditLineOf(request, status);
    if (line !== undefined) log.write(line);
  };
}

function belongs({ method, rawPath }: WireRequest, note: AccessNote, status: number): boolean {
  if (status === 401 || status === 403 || (note.code === 'SlowDown' && note.rule !== undefined)) return true;
  if (rawPath.startsWith(ADMIN_PREFIX) || note.operation?.startsWith('sts:')) return true;
  if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS') return false;
  return note.operation === undefined || !READS.has(note.operation);
}

function claimed(request: WireRequest): string | undefined {
  try {
    return claimedSecretId(request);
  } catch {
    return undefined;
  }
}

function cut(text: string): string {
  return text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT)}…`;
}

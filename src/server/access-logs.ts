/** What of a request stands in the access log of its bucket. Source: spec/buckets.md §19. */
import type { AccessNote } from '../cos/access-note.ts';
import { claimedSecretId } from '../cos/signature/claimed-key.ts';
import { logBuffer } from '../features/access-logging/buffer.ts';
import { type AccessRecord, formatRecord } from '../features/access-logging/record.ts';
import type { AccessLog } from '../features/access-logging/rules.ts';
import type { WireRequest } from '../http/types.ts';
import type { Services } from '../model/services.ts';
import { versionIdOf } from '../model/versions.ts';

/** IPv4 addresses as a socket for both families shows them. */
const MAPPED = '::ffff:';

/** What is told of each request that has ended; nothing for buckets without a log. */
export function bucketLogger(services: Services) {
  const buffer = logBuffer(services);
  return (request: WireRequest, status: number, bytes: number, ms: number): void => {
    const note = request.note as AccessNote | undefined;
    if (note?.log === undefined) return;
    const line = formatRecord(recordOf(services, request, note, note.log, { status, bytes, ms }));
    buffer.add(note.log.source.name, note.log.rule, line, services.clock.nowMs());
  };
}

interface Answer {
  readonly status: number;
  readonly bytes: number;
  /** From the first byte of the request to the last of the answer. */
  readonly ms: number;
}

export function recordOf(
  services: Services,
  request: WireRequest,
  note: AccessNote,
  { source }: AccessLog,
  { status, bytes, ms }: Answer,
): AccessRecord {
  const { object, source: copied, identity } = note;
  const { remoteAddress, body } = request;
  // A marker has no class and no size.
  const stored = object?.kind === 'delete-marker' ? undefined : object;
  const versioned = object !== undefined && source.versioning !== 'unset';
  return {
    bucket: source.name,
    region: source.region,
    endedMs: services.clock.nowMs(),
    host: request.host,
    operation: note.operation,
    remoteIp: remoteAddress.startsWith(MAPPED) ? remoteAddress.slice(MAPPED.length) : remoteAddress,
    secretId: note.secretId ?? claimed(request),
    requestBytes: body.receivedBytes ?? body.length ?? 0,
    deltaBytes: note.deltaBytes,
    key: note.key,
    method: request.method,
    userAgent: request.header('user-agent'),
    status,
    errorCode: note.code,
    errorMessage: note.message,
    responseBytes: bytes,
    totalMs: ms,
    storageClass: (copied ?? stored)?.storageClass,
    ownerUin: source.ownerUin,
    turnAroundMs: turnAround(services, request, note, ms),
    requester: identity === undefined ? undefined : `${identity.ownerUin}:${identity.uin}`,
    requestId: request.requestId,
    objectSize: stored?.size,
    versionId: versioned ? versionIdOf(services, object) : undefined,
    targetStorageClass: copied === undefined ? undefined : stored?.storageClass,
    referer: request.header('referer'),
    target: request.rawTarget,
  };
}

/** From the last byte of the request to the first of the answer. */
function turnAround({ clock }: Services, { body }: WireRequest, { answeredAtMs }: AccessNote, ms: number) {
  if (answeredAtMs === undefined) return undefined;
  const startedAtMs = clock.monotonicMs() - ms;
  const askedAtMs = body.endedAtMs ?? startedAtMs;
  // What is refused may be answered before its body has come.
  return answeredAtMs < askedAtMs ? answeredAtMs - startedAtMs : answeredAtMs - askedAtMs;
}

function claimed(request: WireRequest): string | undefined {
  try {
    return claimedSecretId(request);
  } catch {
    return undefined;
  }
}

/** PUT and GET Symlink. Source: spec/objects.md §9.4. */
import { CosError } from '../../errors/cos-error.ts';
import { decodePath } from '../../http/target.ts';
import { getSymlink, putSymlink } from '../../operations/symlink.ts';
import { codec, emptyReply } from '../codec.ts';
import { decodeAttributes } from '../decode/attributes.ts';
import { refuseBody } from '../decode/body.ts';
import { decodeForbidOverwrite } from '../decode/conditions.ts';
import { checkKeyLength, checkNewKey } from '../decode/key.ts';
import { refuseUnsupported, UPLOAD_ANSWERS } from '../decode/unsupported.ts';
import { objectHeaders } from '../encode.ts';
import { versionIdOf } from '../request.ts';

/** A symlink has no body that could be encrypted. */
const UNBUILT = [...UPLOAD_ANSWERS, 'x-cos-server-side-encryption'];

/** Percent-encoded as a whole (Go), or as it is (Python); UTF-8 in either case, its bytes carried as latin1. */
function decodeTarget(value: string | undefined): string {
  if (value === undefined) throw new CosError('InvalidArgument', { message: 'x-cos-symlink-target is missing' });
  try {
    return decodePath(value);
  } catch {
    throw new CosError('InvalidArgument', { message: 'x-cos-symlink-target cannot be decoded' });
  }
}

const CONTROL = /\p{Cc}/u;

/** No header could tell of it again. @throws CosError InvalidArgument */
function requireTellable(target: string): void {
  if (!CONTROL.test(target)) return;
  throw new CosError('InvalidArgument', { message: 'x-cos-symlink-target holds control characters' });
}

export const putSymlinkCodec = codec({
  operation: putSymlink,
  async decode(request, limits) {
    const { wire, key } = request;
    checkNewKey(key);
    refuseUnsupported(request.wire, UNBUILT);
    const target = decodeTarget(wire.header('x-cos-symlink-target'));
    checkNewKey(target);
    requireTellable(target);
    checkKeyLength(target, limits.keyBytes);
    await refuseBody(wire);
    const attributes = decodeAttributes(wire, target, limits.userMetaBytes);
    return { key, target, attributes, forbidOverwrite: decodeForbidOverwrite(wire) };
  },
  encode({ etag, versionId }) {
    const headers = ['ETag', `"${etag}"`];
    if (versionId !== undefined) headers.push('x-cos-version-id', versionId);
    return emptyReply(200, headers);
  },
});

export const getSymlinkCodec = codec({
  operation: getSymlink,
  async decode(request) {
    await refuseBody(request.wire);
    return { key: request.key, versionId: versionIdOf(request) };
  },
  encode({ object, target }, { wire }) {
    const headers = objectHeaders(object.record, object.versionId, wire.receivedAtMs);
    headers.push('x-cos-symlink-target', Buffer.from(target).toString('latin1'));
    return emptyReply(200, headers);
  },
});

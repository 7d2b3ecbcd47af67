/** Signatures, presigned URLs, ACL and tags of objects. */
import { type Case, fact } from '../case.ts';

export const access: readonly Case[] = [
  fact('presigned-get', 'a presigned URL reads', 'protocol §11', { status: 200, body: '123456789' }),
  fact('presigned-put', 'a presigned URL writes', 'protocol §11', { status: 200, body: 'by url' }),
  fact('presigned-other-key', 'a presigned URL is good for its key only', 'protocol §11', {
    status: 403,
    code: 'SignatureDoesNotMatch',
  }),
  fact('presigned-tampered', 'a changed signature is refused', 'protocol §11', {
    status: 403,
    code: 'SignatureDoesNotMatch',
  }),
  fact('unsigned', 'a private object needs a signature', 'access §2', { status: 403, code: 'AccessDenied' }),
  fact('wrong-secret', 'a wrong secret key', 'protocol §14', { status: 403, code: 'SignatureDoesNotMatch' }),
  fact('unknown-id', 'an unknown secret id', 'protocol §14', { status: 403, code: 'InvalidAccessKeyId' }),
  fact('acl-default', 'an object without an ACL of its own says default', 'objects §9.2', { acl: 'default' }),
  fact('acl-public-read', 'public-read opens an object to everybody', 'objects §9.2', { before: 403, after: 200 }),
  fact('acl-grants', 'public-read is shown as a grant of READ to a group', 'objects §9.2', {
    permissions: ['FULL_CONTROL', 'READ'],
  }),
  fact('tagging', 'tags come back in their order', 'objects §9.1', {
    tags: [
      ['z', '1'],
      ['a', 'two words'],
    ],
  }),
  fact('tagging-delete', 'deleted tags leave an empty set', 'objects §9.1', { tags: [] }),
  fact('tagging-header', 'tags given with a PUT are counted by HEAD', 'objects §9.1', { count: '2' }),
  fact('tagging-too-many', 'eleven tags are too many', 'objects §9.1', { status: 400, code: 'BadRequest' }),
];

/** Copies, whole and in parts. */
import { type Case, fact } from '../case.ts';
import { MD5 } from './objects.ts';

export const copies: readonly Case[] = [
  fact('copy', 'a copy has content and ETag of its source', 'objects §8.6', { etag: MD5, body: '123456789' }),
  fact('copy-odd-key', 'the source of a copy may have any key', 'objects §8.6', { body: '123456789' }),
  fact('copy-keeps-meta', 'a copy keeps metadata', 'objects §8.6', { meta: { a: '1' } }),
  fact('copy-replaces-meta', 'Replaced takes the metadata of the request', 'objects §8.6', { meta: { b: '2' } }),
  fact('copy-missing', 'a copy of a missing key', 'objects §8.6', { status: 404 }),
  fact('copy-onto-itself', 'a copy onto itself that changes nothing', 'objects §8.6', {
    status: 400,
    code: 'InvalidRequest',
  }),
  fact('copy-condition', 'a condition on the source that fails is always 412', 'objects §6.4', {
    status: 412,
    code: 'PreconditionFailed',
  }),
  fact('copy-part', 'a part is copied from a range', 'objects §11.4', { length: 1_048_576 + 3, ends: '678' }),
  fact('copy-file', "the client's own copy of a large object", 'objects §11.4', { length: 1_048_576 + 9, same: true }),
];

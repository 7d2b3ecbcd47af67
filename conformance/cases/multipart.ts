/** Multipart uploads and appends. Parts are of 1 MiB but the last one. */
import { type Case, fact } from '../case.ts';

const MIB = 1_048_576;

export const multipart: readonly Case[] = [
  fact('multipart', 'two parts make an object', 'objects §11.7', {
    length: MIB + 9,
    etagSuffix: '-2',
    ends: '123456789',
  }),
  fact('multipart-crc64', 'the CRC64 of a multipart object is that of its content', 'objects §2.8', { same: true }),
  fact('multipart-parts', 'List Parts shows number, size and ETag', 'objects §11.5', {
    parts: [
      [1, MIB, true],
      [3, 9, true],
    ],
  }),
  fact('multipart-uploads', 'unfinished uploads are listed', 'objects §11.6', { keys: ['a', 'b'] }),
  fact('multipart-resume', 'an upload goes on from the parts that are listed', 'objects §13.3', {
    sent: [2],
    length: MIB + 9,
  }),
  fact('multipart-abort', 'an aborted upload is gone', 'objects §11.8', { status: 404, code: 'NoSuchUpload' }),
  fact('multipart-small-part', 'a part below 1 MiB that is not the last', 'objects §11.7', {
    status: 400,
    code: 'EntityTooSmall',
  }),
  fact('multipart-wrong-etag', 'a part with another ETag', 'objects §11.7', { status: 400, code: 'InvalidPart' }),
  fact('upload-file', "the client's own upload of a file of 3 MiB and a bit", 'objects §13.3', {
    length: 3 * MIB + 9,
    same: true,
  }),
  fact('upload-file-resume', "the client's own upload goes on with an upload that was begun", 'objects §13.3', {
    unfinished: [],
    etagSuffix: '-4',
  }),
  fact('append', 'appending grows an object', 'objects §8.3', { positions: [9, 15], body: '123456789 added' }),
  fact('append-type', 'HEAD names an appendable object', 'objects §8.3', { type: 'appendable' }),
  fact('append-wrong-position', 'appending somewhere else is refused', 'objects §8.3', { code: 'AppendPositionErr' }),
  fact('append-normal', 'a normal object takes no appends', 'objects §8.3', { code: 'ObjectNotAppendable' }),
];

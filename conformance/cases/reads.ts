/** Ranges and conditions. */
import { type Case, fact } from '../case.ts';

export const reads: readonly Case[] = [
  fact('range-middle', 'a range of three bytes', 'objects §8.4', { status: 206, body: '345', range: 'bytes 2-4/9' }),
  fact('range-open', 'a range to the end', 'objects §8.4', { status: 206, body: '789', range: 'bytes 6-8/9' }),
  fact('range-suffix', 'the last three bytes', 'objects §8.4', { status: 206, body: '789', range: 'bytes 6-8/9' }),
  fact('range-clipped', 'a range beyond the end is cut', 'objects §8.4', {
    status: 206,
    body: '89',
    range: 'bytes 7-8/9',
  }),
  fact('range-outside', 'a range behind the end', 'objects §8.4', { status: 416, code: 'InvalidRange' }),
  fact('if-match-false', 'If-Match with another ETag', 'objects §6.3', { status: 412, code: 'PreconditionFailed' }),
  fact('if-match-true', 'If-Match with the ETag', 'objects §6.3', { status: 200 }),
  fact('if-none-match-false', 'If-None-Match with the ETag', 'objects §6.3', { status: 304 }),
  fact('if-modified-since-false', 'If-Modified-Since with the time of the object', 'objects §6.3', { status: 304 }),
  fact('if-unmodified-since-false', 'If-Unmodified-Since in the past', 'objects §6.3', {
    status: 412,
    code: 'PreconditionFailed',
  }),
];

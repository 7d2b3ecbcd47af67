/** Lists of objects. Keys in observations are those below the case's folder. */
import { type Case, fact } from '../case.ts';

const SEVEN = ['k1', 'k2', 'k3', 'k4', 'k5', 'k6', 'k7'];

export const lists: readonly Case[] = [
  fact('list-prefix', 'a list holds the keys under the prefix, in byte order', 'buckets §6', {
    keys: ['B', 'a', 'a/b', 'é'],
  }),
  fact('list-prefix-blank', 'a prefix may hold blanks and plus signs', 'protocol §5.2', { keys: [' x+y'] }),
  fact('list-fields', 'a listed object has size, ETag and storage class', 'buckets §6', {
    size: 9,
    etag: '"25f9e794323b453885f5181f1b624d0b"',
    storageClass: 'STANDARD',
  }),
  fact('list-delimiter', 'a delimiter folds keys into prefixes', 'buckets §6', {
    keys: ['a', 'z'],
    prefixes: ['d/', 'e/'],
  }),
  fact('list-pages', 'pages of three hold seven keys between them', 'buckets §6', {
    pages: [SEVEN.slice(0, 3), SEVEN.slice(3, 6), SEVEN.slice(6)],
    truncated: [true, true, false],
  }),
  fact('list-marker', 'a marker is not part of its page', 'buckets §6', { keys: ['k3'] }),
  fact('list-encoding', 'encoding-type=url encodes the keys of the answer', 'buckets §1.7', {
    encoded: 'a%20%E4%B8%AD',
  }),
  fact('list-v2', 'list-type=2 pages by continuation tokens', 'buckets §6.1', {
    pages: [SEVEN.slice(0, 3), SEVEN.slice(3, 6), SEVEN.slice(6)],
    counts: [3, 3, 1],
  }),
];

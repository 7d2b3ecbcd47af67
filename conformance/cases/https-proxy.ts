/** What an application does through `HTTPS_PROXY`: it knows the service by its https names, and has no other setting. */
import { type Case, fact } from '../case.ts';

/** Times that the content of an object of one part, "123456789", stands in the file that is uploaded. */
export const REPEATED = 400_000;

export const httpsProxy: readonly Case[] = [
  fact('proxy-upload', "the client's own upload of a file of 3.6 MB is stored whole", 'objects §2.8, clients §2', {
    crc64: '541142022765422035',
  }),
  fact('proxy-list', 'a list of two keys', 'buckets §6, clients §2', { keys: ['a', 'b'] }),
  fact('proxy-presign', 'a presigned URL has an https name, and reads', 'protocol §11, clients §2', {
    https: true,
    body: '123456789',
  }),
  fact('proxy-download', "the client's own download of that file", 'objects §8.4, clients §2', {
    length: 9 * REPEATED,
    same: true,
  }),
  fact('proxy-delete', 'a deleted object is in no list', 'objects §8.7, clients §2', { before: ['file'], after: [] }),
];

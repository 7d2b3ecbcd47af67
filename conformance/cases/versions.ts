/** Versions. The cases use a bucket whose versioning is Enabled. */
import { type Case, fact } from '../case.ts';

export const versions: readonly Case[] = [
  fact('versioning-state', 'the bucket says that versioning is on', 'buckets §13', { status: 'Enabled' }),
  fact('versioning-put', 'every PUT makes a version of its own', 'objects §3', {
    ids: 2,
    different: true,
    body: 'second',
  }),
  fact('versioning-get', 'an old version is read by its id', 'objects §3', { body: 'first' }),
  fact('versioning-list', 'versions are listed, newest first', 'buckets §7', {
    versions: [
      ['k', true, 6],
      ['k', false, 5],
    ],
    markers: 0,
  }),
  fact('versioning-delete', 'DELETE adds a delete marker', 'objects §3', { marker: 'true', after: 404, markers: 1 }),
  fact('versioning-undelete', 'deleting the marker brings the object back', 'objects §3', { body: 'first' }),
  fact('versioning-delete-version', 'a version deleted by its id is gone', 'objects §3', {
    left: 1,
    code: 'NoSuchVersion',
  }),
  fact('versioning-copy', 'an old version is the source of a copy', 'objects §8.6', { body: 'first' }),
];

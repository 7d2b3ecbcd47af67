/** What tools for Amazon S3 do on the S3 face: files there and back, and what each of them is used for. */
import { type Case, fact } from '../case.ts';

const of = (only: string, id: string, title: string, spec: string, expected: Case['expected']): Case => ({
  ...fact(id, title, spec, expected),
  only,
});

export const s3Tools: readonly Case[] = [
  fact('tool-up-down', 'a small file goes up and comes down', 's3 §11', { same: true }),
  fact('tool-large', 'a file of 20 MiB goes up in parts and comes down', 's3 §11', { same: true, inParts: true }),
  fact('tool-pipe', 'standard input becomes an object', 's3 §11', { body: '123456789' }),
  fact('tool-list', 'a list folds at slashes', 's3 §11', { listed: ['a.txt', 'd/'] }),
  fact('tool-list-many', 'a list of 1,001 objects is whole', 's3 §11', { count: 1_001 }),
  fact('tool-odd-names', 'odd file names go up and come down', 's3 §11', { same: true }),
  fact('tool-sync-up', 'a folder of files is synchronized to the bucket', 's3 §11', { same: true }),
  fact('tool-sync-again', 'a second synchronization moves nothing', 's3 §11', { moved: 0 }),
  fact('tool-sync-change', 'a changed file goes up, a removed one goes', 's3 §11', { same: true }),
  fact('tool-sync-down', 'the bucket is synchronized to a folder, what is not there goes', 's3 §11', { same: true }),
  fact('tool-check', 'the tool finds both sides equal, and a changed file not', 's3 §11', {
    equal: true,
    changed: false,
  }),
  fact('tool-move', 'an object is moved', 's3 §11', { left: ['new.txt'], body: '123456789' }),
  fact('tool-copy', 'an object is copied on the server', 's3 §11', { left: ['new.txt', 'old.txt'], body: '123456789' }),
  fact('tool-meta', 'type and metadata given with an upload', 's3 §11', { type: 'text/x-given', meta: '1' }),
  fact('tool-class', 'a storage class given with an upload', 's3 §8', { storageClass: 'STANDARD_IA' }),
  fact('tool-presign', 'a presigned URL reads', 's3 §4.1', { status: 200, body: '123456789' }),
  fact('tool-public', 'an object is given to everybody', 's3 §9', { status: 200 }),
  fact('tool-versions', 'a deleted object of the bucket with versions is brought back', 's3 §11', {
    body: '123456789',
  }),
  fact('tool-bucket', 'a bucket is made, found and removed', 's3 §11', { listed: true, after: false }),
  fact('tool-lifecycle', 'a lifecycle rule is set and shown', 's3 §7', { shown: true }),
  fact('tool-remove', 'a folder of objects is removed', 's3 §11', { left: [] }),
  of('restic', 'restic-init', 'a repository is made', 's3 §11', { config: true }),
  of('restic', 'restic-backup', 'two backups of a folder', 's3 §11', { snapshots: 2 }),
  of('restic', 'restic-check', 'check reads all data and finds no error', 's3 §11', { errors: false }),
  of('restic', 'restic-restore', 'the newest snapshot is restored', 's3 §11', { same: true }),
  of('restic', 'restic-prune', 'forget and prune leave one snapshot that checks', 's3 §11', {
    snapshots: 1,
    errors: false,
  }),
  of('restic', 'restic-locks', 'no lock is left', 's3 §11', { locks: 0 }),
  of('s3fs', 's3fs-write-read', 'a file written in the folder is an object, and is read back', 's3 §11', {
    body: '123456789',
    read: '123456789',
  }),
  of('s3fs', 's3fs-large', 'a file of 30 MiB goes up in parts, and is read back', 's3 §11', {
    same: true,
    inParts: true,
  }),
  of('s3fs', 's3fs-object', 'an object is a file, its folders are folders', 's3 §11', {
    listed: ['f'],
    read: 'object',
  }),
  of('s3fs', 's3fs-folders', 'folders are made, listed and removed', 's3 §11', {
    listed: ['a', 'b', 'c'],
    after: false,
  }),
  of('s3fs', 's3fs-rename', 'a file and a folder are renamed', 's3 §11', { listed: ['new', 'new/file'], read: '1' }),
  of('s3fs', 's3fs-rename-large', 'a large file is renamed by a copy in parts', 's3 §11', { same: true }),
  of('s3fs', 's3fs-mode', 'mode, owner and time are kept in metadata', 's3 §11', {
    mode: 0o640,
    uid: 1_000,
    mtime: 1_000_000,
  }),
  of('s3fs', 's3fs-append', 'a file grows, and is cut', 's3 §11', { grown: 'one two', cut: 'one' }),
  of('s3fs', 's3fs-link', 'a symbolic link is followed', 's3 §11', { read: 'target' }),
  of('s3fs', 's3fs-remove', 'a removed file is no object', 's3 §11', { left: [] }),
  of('s3fs', 's3fs-again', 'another mount sees the same', 's3 §11', { same: true }),
];

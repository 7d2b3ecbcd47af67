/** What only a browser sees: requests across origins, and pages. */
import { type Case, fact } from '../case.ts';

/** What the style sheet of the website makes of a page: it came with its type. */
const SKY = 'rgb(240, 248, 255)';

export const browser: readonly Case[] = [
  fact('cors-put-get', 'a page of another origin writes and reads', 'buckets §11, objects §8.9', {
    status: 200,
    body: '123456789',
  }),
  fact('cors-exposed-headers', 'a page sees the headers that the rule exposes', 'buckets §11', {
    etag: '"25f9e794323b453885f5181f1b624d0b"',
    requestId: true,
    hidden: null,
  }),
  fact('cors-no-rule', 'an origin without a rule reads nothing', 'objects §8.9', { refused: true }),
  fact('cors-error-code', 'a page reads the code of an error', 'clients §3', { status: 404, code: 'NoSuchKey' }),
  fact('cors-upload-progress', 'a multipart upload from a page reports progress up to 100 %', 'clients §4', {
    length: 3 * 1_048_576 + 9,
    etagSuffix: '-4',
    progress: 1,
  }),
  fact(
    'cors-upload-large',
    'a page uploads 100 MiB by https, shows how far it is, and reads the same back',
    'clients §2, §4',
    {
      schemes: ['https:'],
      length: 100 * 1_048_576,
      etagSuffix: '-100',
      sha256: 'same',
      crc64: 'same',
      percent: 1,
      reportedOften: true,
    },
  ),
  fact('cors-post-form', 'a form posted by a page makes an object', 'objects §8.2, protocol §15', {
    status: 204,
    body: '123456789',
  }),
  fact('website-pages', 'a website: index, folder, redirect rule, error document', 'buckets §15', {
    index: { status: 200, path: '/website-pages/', title: 'Home', background: SKY },
    folder: { status: 200, path: '/website-pages/docs/', title: 'Documents', background: SKY },
    slash: { status: 200, path: '/website-pages/docs/', title: 'Documents', background: SKY },
    redirect: { status: 200, path: '/website-pages/docs/', title: 'Documents', background: SKY },
    error: { status: 404, path: '/website-pages/nowhere.html', title: 'Nothing here', background: SKY },
  }),
];

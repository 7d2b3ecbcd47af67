/** Listings of the bucket. Source: spec/buckets.md §6, §7, §9. */
import { type Answer, element, type Xml } from '../answer.ts';
import { type Text, Token } from '../names.ts';
import { BUCKET } from '../settings.ts';
import { isoSecond, type ReferenceBucket, Refusal, type Upload, type Version } from './bucket.ts';

export interface Query {
  readonly prefix: string;
  readonly delimiter: string;
  /** Objects: the marker; else the key marker. */
  readonly marker: string;
  readonly idMarker: Text;
  readonly max: number | undefined;
}

interface Item<T> {
  readonly key: string;
  readonly item: T;
}

interface Page<T> {
  readonly items: readonly Item<T>[];
  readonly prefixes: readonly string[];
  readonly truncated: boolean;
  /** The last item or common prefix. */
  readonly last: Item<T> | { readonly key: string; readonly item?: undefined };
}

const compareKeys = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

/**
 * @param all in order of keys, items of one key in theirs
 * @param behindId whether an item of the marker's key comes behind the id marker
 */
function paged<T>(all: readonly Item<T>[], query: Query, behindId: (item: T) => boolean): Page<T> {
  const { prefix, delimiter, marker } = query;
  const max = query.max ?? 1_000;
  const items: Item<T>[] = [];
  const prefixes: string[] = [];
  let last: Page<T>['last'] = { key: '' };
  if (max === 0) return { items, prefixes, truncated: false, last };
  for (const one of all) {
    if (!one.key.startsWith(prefix)) continue;
    const end = delimiter === '' ? -1 : one.key.indexOf(delimiter, prefix.length);
    const common = end < 0 ? undefined : one.key.slice(0, end + delimiter.length);
    if (marker !== '') {
      const order = compareKeys(common ?? one.key, marker);
      if (order < 0 || (order === 0 && (common !== undefined || !behindId(one.item)))) continue;
    }
    if (common !== undefined && common === prefixes.at(-1)) continue;
    if (items.length + prefixes.length === max) return { items, prefixes, truncated: true, last };
    if (common === undefined) items.push(one);
    else prefixes.push(common);
    last = common === undefined ? one : { key: common };
  }
  return { items, prefixes, truncated: false, last };
}

type Elements = [name: string, content: Xml][];

function form({ prefix, delimiter, max }: Query, maxName: string): Elements {
  return [
    ['Prefix', prefix],
    [maxName, String(max ?? 1_000)],
    ...(delimiter === '' ? [] : [['Delimiter', delimiter] as [string, Xml]]),
  ];
}

function common({ prefixes, truncated }: Page<unknown>): Elements {
  const elements = prefixes.map((prefix): [string, Xml] => ['CommonPrefixes', element([['Prefix', prefix]])]);
  return [...elements, ['IsTruncated', String(truncated)]];
}

function check({ delimiter }: Query): void {
  if ([...delimiter].length > 1) throw new Refusal('InvalidDelimiter');
}

function keysInOrder(bucket: ReferenceBucket): string[] {
  return [...bucket.objects.keys()].sort(compareKeys);
}

export interface Listed {
  readonly answer: Answer;
  /** Where the next page begins; undefined at the end. */
  readonly next: Pick<Query, 'marker' | 'idMarker'> | undefined;
}

function listed(page: Page<unknown>, idMarker: Text, elements: Elements): Listed {
  return {
    answer: { status: 200, headers: {}, xml: element(elements) },
    next: page.truncated ? { marker: page.last.key, idMarker } : undefined,
  };
}

export function listObjects(bucket: ReferenceBucket, query: Query): Listed {
  check(query);
  const all: Item<Version>[] = [];
  for (const key of keysInOrder(bucket)) {
    const item = bucket.current(key);
    if (item !== undefined) all.push({ key, item });
  }
  const page = paged(all, query, () => false);
  return listed(page, '', [
    ['Name', BUCKET],
    ['Marker', query.marker],
    ...form(query, 'MaxKeys'),
    ...common(page),
    ...(page.truncated ? [['NextMarker', page.last.key] as [string, Xml]] : []),
    ...page.items.map(({ key, item }): [string, Xml] => ['Contents', element([['Key', key], ...content(item)])]),
  ]);
}

function content({ modifiedMs, etag, body, storageClass }: Version): Elements {
  return [
    ['LastModified', `${isoSecond(modifiedMs)}.000Z`],
    ['ETag', etag],
    ['Size', String(body.length)],
    ['StorageClass', storageClass],
  ];
}

export function listVersions(bucket: ReferenceBucket, query: Query): Listed {
  check(query);
  const { marker, idMarker } = query;
  if (marker === '' && idMarker !== '') throw new Refusal('InvalidArgument');
  const all: Item<Version>[] = [];
  for (const key of keysInOrder(bucket)) for (const item of bucket.versionsOf(key)) all.push({ key, item });
  const from =
    idMarker instanceof Token
      ? idMarker.order
      : bucket.versionsOf(marker).find(({ id }) => idMarker !== '' && id === idMarker)?.order;
  const page = paged(all, query, ({ order }) => from !== undefined && order < from);
  const id = (version: Version): Text => (bucket.versioning === 'unset' ? '' : version.id);
  const next = page.last.item === undefined ? '' : id(page.last.item);
  const entry = ({ key, item }: Item<Version>): [string, Xml] => {
    const isMarker = item.kind === 'marker';
    const described: Elements = isMarker ? [['LastModified', `${isoSecond(item.modifiedMs)}.000Z`]] : content(item);
    const elements: Elements = [
      ['Kind', isMarker ? 'DeleteMarker' : 'Version'],
      ['Key', key],
      ['VersionId', id(item)],
      ['IsLatest', String(item === bucket.versionsOf(key)[0])],
    ];
    return ['Entry', element([...elements, ...described])];
  };
  return listed(page, next, [
    ['Name', BUCKET],
    ['KeyMarker', marker],
    ['VersionIdMarker', idMarker],
    ...form(query, 'MaxKeys'),
    ...common(page),
    ...(page.truncated
      ? ([
          ['NextKeyMarker', page.last.key],
          ['NextVersionIdMarker', next],
        ] as Elements)
      : []),
    ...page.items.map(entry),
  ]);
}

export function listUploads(bucket: ReferenceBucket, query: Query): Listed {
  check(query);
  const { marker, idMarker } = query;
  const all = bucket.uploads
    .map((item): Item<Upload> => ({ key: item.key, item }))
    .sort((a, b) => compareKeys(a.key, b.key) || a.item.id.order - b.item.id.order);
  const page = paged(all, query, ({ id }) => idMarker instanceof Token && id.order > idMarker.order);
  const next = page.last.item?.id ?? '';
  const entry = ({ key, item }: Item<Upload>): [string, Xml] => [
    'Upload',
    element([
      ['Key', key],
      ['UploadId', item.id],
      ['StorageClass', item.storageClass],
      ['Initiated', `${isoSecond(item.initiatedMs)}.000Z`],
    ]),
  ];
  return listed(page, next, [
    ['Bucket', BUCKET],
    ['KeyMarker', marker],
    ['UploadIdMarker', idMarker],
    ...form(query, 'MaxUploads'),
    ...common(page),
    ...(page.truncated
      ? ([
          ['NextKeyMarker', page.last.key],
          ['NextUploadIdMarker', next],
        ] as Elements)
      : []),
    ...page.items.map(entry),
  ]);
}

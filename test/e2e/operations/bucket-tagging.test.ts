/** Tags of a bucket, and the listing that asks for them. Source: spec/buckets.md §2, §3, §20. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectStatus, failure, makeBucket, md5Base64, textsOf } from '../../support/buckets.ts';
import { expectError } from '../../support/expect-error.ts';
import { clientOf, type Send } from '../../support/http.ts';
import { authorization } from '../../support/raw.ts';
import { SDKS } from '../../support/sdk.ts';
import { APPID, REGION, type ServerProcess, startServerProcess } from '../../support/server-process.ts';

let server: ServerProcess;
let send: Send;
/** Without tags. */
let bare: Send;
beforeAll(async () => {
  server = await startServerProcess();
  send = await makeBucket(server, 'tags');
  bare = await makeBucket(server, 'tags-bare');
});
afterAll(() => server.remove());

const tag = (key: string, value: string) => `<Tag><Key>${key}</Key><Value>${value}</Value></Tag>`;
const tagging = (...tags: string[]) => `<Tagging><TagSet>${tags.join('')}</TagSet></Tagging>`;
const setTags = (body: string, headers: Record<string, string> = {}, to = send) =>
  to({ method: 'PUT', query: { tagging: '' }, headers, body });
const getTags = (from = send) => from({ method: 'GET', query: { tagging: '' } });
const deleteTags = (from = send) => from({ method: 'DELETE', query: { tagging: '' } });

describe('PutBucketTagging', () => {
  it('takes tags with and without Content-MD5, and replaces them whole', async () => {
    const body = tagging(tag('b', '1'), tag('a', '中 文'), tag('A', ''));
    expect((await expectStatus(setTags(body, { 'Content-MD5': md5Base64(body) }), 204)).text).toBe('');
    expect((await getTags()).text).toBe(body);
    await expectStatus(setTags(tagging(tag('only', 'one'))), 204);
    expect((await getTags()).text).toBe(tagging(tag('only', 'one')));
  });

  it('takes fifty and no more, and the longest', async () => {
    const many = (length: number) => tagging(...Array.from({ length }, (_, i) => tag(`k${i}`, 'v')));
    await expectStatus(setTags(many(50)), 204);
    expect(textsOf((await getTags()).text, 'Key')).toHaveLength(50);
    expectError(await setTags(many(51)), 400, 'BadRequest', 'at most 50');
    await expectStatus(setTags(tagging(tag('k'.repeat(128), 'v'.repeat(256)))), 204);
  });

  it.each([
    ['a key twice', tagging(tag('a', '1'), tag('a', '2'))],
    ['an empty key', tagging(tag('', '1'))],
    ['a long key', tagging(tag('k'.repeat(129), '1'))],
    ['a long value', tagging(tag('k', 'v'.repeat(257)))],
    ['a character that is not allowed', tagging(tag('a*', '1'))],
    ['the reserved qcs:', tagging(tag('qcs:a', '1'))],
    ['the reserved cos:', tagging(tag('cos:a', '1'))],
    ['the reserved project', tagging(tag('project', '1'))],
  ])('refuses %s', async (_, body) => {
    expectError(await setTags(body, {}, bare), 400, 'InvalidTag');
    expect((await getTags(bare)).status).toBe(404);
  });

  it('refuses what is no list of tags', async () => {
    for (const body of ['<Tagging/>', tagging(), '<TagSet/>', 'x', '<Tagging><TagSet><Tag/></TagSet></Tagging>']) {
      expectError(await setTags(body, {}, bare), 400, 'MalformedXML');
    }
    const body = tagging(tag('a', '1'));
    expectError(await setTags('', {}, bare), 400, 'MissingRequestBodyError');
    expectError(await setTags(body, { 'Content-MD5': md5Base64('other') }, bare), 400, 'BadDigest');
    expectError(await setTags(body, { 'Content-MD5': 'abc' }, bare), 400, 'InvalidDigest');
    expectError(await setTags(tagging(' '.repeat(65_536)), {}, bare), 400, 'XMLSizeLimit');
    expect((await getTags(bare)).status).toBe(404);
  });

  it('is for the owner, who alone learns what is wrong with a body', async () => {
    const open = await makeBucket(server, 'tags-open', { acl: 'public-read-write' });
    const unsigned: Send = (sent) => open({ ...sent, signed: false });
    for (const body of [tagging(tag('a', '1')), tagging(), 'x', '']) {
      expectError(await setTags(body, {}, unsigned), 403, 'AccessDenied');
    }
    expectError(await getTags(unsigned), 403, 'AccessDenied');
    expectError(await deleteTags(unsigned), 403, 'AccessDenied');
  });

  it('is judged by policies that ask for the tags of the request and of the bucket', async () => {
    const bucket = await makeBucket(server, 'tags-policy');
    const allow = (action: string, condition: object) => ({
      principal: '*',
      effect: 'allow',
      action,
      resource: '*',
      condition,
    });
    const policy = {
      version: '2.0',
      statement: [
        allow('cos:PutBucketTagging', { 'for_any_value:string_equal': { 'qcs:request_tag': 'team&web' } }),
        allow('cos:GetBucketTagging', { 'for_any_value:string_equal': { 'qcs:resource_tag': 'team&web' } }),
      ],
    };
    await expectStatus(bucket({ method: 'PUT', query: { policy: '' }, body: JSON.stringify(policy) }), 204);
    const unsigned: Send = (sent) => bucket({ ...sent, signed: false });
    await expectStatus(setTags(tagging(tag('team', 'other')), {}, bucket), 204);
    expectError(await getTags(unsigned), 403, 'AccessDenied');
    expectError(await setTags(tagging(tag('team', 'db')), {}, unsigned), 403, 'AccessDenied');
    await expectStatus(setTags(tagging(tag('x', 'y'), tag('team', 'web')), {}, unsigned), 204);
    await expectStatus(getTags(unsigned), 200);
  });
});

describe('PutBucket', () => {
  it('takes tags from a header', async () => {
    const made = clientOf(server, 'tags-made');
    const headers = { 'x-cos-tagging': 'team=a%2Fb&%E4%B8%AD=x+y&empty=' };
    await expectStatus(made({ method: 'PUT', headers }), 200);
    expect((await getTags(made)).text).toBe(tagging(tag('team', 'a/b'), tag('中', 'x y'), tag('empty', '')));
  });

  it('refuses bad ones, and makes nothing', async () => {
    const none = clientOf(server, 'tags-refused');
    const make = (tags: string) => none({ method: 'PUT', headers: { 'x-cos-tagging': tags } });
    expectError(await make('a=1&a=2'), 400, 'InvalidTag');
    expectError(await make('qcs:a=1'), 400, 'InvalidTag');
    expectError(await make(Array.from({ length: 51 }, (_, i) => `k${i}=v`).join('&')), 400, 'BadRequest');
    expect((await none({ method: 'HEAD' })).status).toBe(404);
  });
});

describe('GetBucketTagging', () => {
  it('has its own error where there are none', async () => {
    expectError(await getTags(bare), 404, 'NoSuchTagSet', 'The TagSet does not exist');
  });

  it('survives a restart', async () => {
    const first = await startServerProcess();
    const body = tagging(tag('a', '1'));
    await expectStatus(setTags(body, {}, await makeBucket(first, 'kept')), 204);
    await first.stop();
    const second = await startServerProcess({ folder: first.folder });
    try {
      expect((await getTags(clientOf(second, 'kept'))).text).toBe(body);
    } finally {
      await second.remove();
    }
  });
});

describe('DeleteBucketTagging', () => {
  it('takes all tags away, and need not find any', async () => {
    const gone = await makeBucket(server, 'tags-gone');
    await expectStatus(deleteTags(gone), 204);
    await expectStatus(setTags(tagging(tag('a', '1')), {}, gone), 204);
    expect((await expectStatus(deleteTags(gone), 204)).text).toBe('');
    expect(failure(await getTags(gone))).toEqual([404, 'NoSuchTagSet']);
    expect(failure(await deleteTags(clientOf(server, 'tags-absent')))).toEqual([404, 'NoSuchBucket']);
  });

  it.each(SDKS)('and the others, through the SDK %s', async (version, make) => {
    const cos = make(server);
    const at = { Bucket: `tags-sdk-${version.replace('.', '-')}-${APPID}`, Region: REGION };
    await cos.putBucket(at);
    expect((await cos.getBucketTagging(at)).Tags).toEqual([]);
    for (const Tags of [
      [{ Key: 'k1', Value: 'v1' }],
      [
        { Key: 'k1', Value: 'v1' },
        { Key: 'k2', Value: 'v2' },
      ],
    ]) {
      await cos.putBucketTagging({ ...at, Tagging: { Tags } });
      expect((await cos.getBucketTagging(at)).Tags).toEqual(Tags);
    }
    expect((await cos.deleteBucketTagging(at)).statusCode).toBe(204);
    expect((await cos.getBucketTagging(at)).Tags).toEqual([]);
  });
});

describe('GetService', () => {
  const list = (query: Record<string, string>) => {
    const headers = { Host: 'service.cos.myqcloud.com', Authorization: authorization('GET', '/', {}, query) };
    return send({ method: 'GET', query, headers, signed: false });
  };

  it('lists the buckets that carry a tag', async () => {
    for (const [name, tags] of [
      ['listed-a', 'env=test&team=x'],
      ['listed-b', 'env=prod'],
      ['listed-c', 'team=y&env=test'],
    ] as const) {
      await expectStatus(clientOf(server, name)({ method: 'PUT', headers: { 'x-cos-tagging': tags } }), 200);
    }
    const names = async (query: Record<string, string>) =>
      textsOf((await expectStatus(list(query), 200)).text, 'Name').map((name) => name.replace(`-${APPID}`, ''));
    expect(await names({ tagkey: 'env', tagvalue: 'test' })).toEqual(['listed-a', 'listed-c']);
    expect(await names({ tagkey: 'env', tagvalue: 'prod' })).toEqual(['listed-b']);
    expect(await names({ tagkey: 'env', tagvalue: 'other' })).toEqual([]);
    expect(await names({ tagkey: 'env', tagvalue: 'test', 'max-keys': '1' })).toEqual(['listed-a']);
    expect(await names({})).toContain('tags-bare');
    for (const half of [{ tagkey: 'env' }, { tagvalue: 'test' }] as Record<string, string>[]) {
      expectError(await list(half), 400, 'InvalidArgument');
    }
  });
});

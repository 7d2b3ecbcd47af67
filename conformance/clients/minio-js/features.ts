/** Files, signatures, buckets and their settings. */
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { answer } from '../aws-sdk-js/context.ts';
import {
  all,
  appid,
  bodyOf,
  bucket,
  CONTENT,
  clientFor,
  failure,
  put,
  region,
  type Steps,
  s3,
  scratch,
  secretId,
  statusOf,
  urlOf,
} from './context.ts';

const openUrl = (url: string, init: RequestInit = {}) => answer(fetch(url, init));
const refused = (id: string, secret: string) => failure(all(clientFor(id, secret)['listObjectsV2']!(bucket)));
const openUploads = async (prefix: string): Promise<number> =>
  (await all(s3['listIncompleteUploads']!(bucket, prefix, true))).length;

async function tagsOf(key: string): Promise<Record<string, string>> {
  const tags = [(await s3['getObjectTagging']!(bucket, key)) ?? []].flat(2) as { Key: string; Value: unknown }[];
  return Object.fromEntries(tags.map(({ Key, Value }) => [Key, String(Value)]));
}

export const features: Steps = {
  's3-multipart-abort': async (_, id) => {
    await s3['initiateNewMultipartUpload']!(bucket, id, {});
    const before = await openUploads(id);
    await s3['removeIncompleteUpload']!(bucket, id);
    return { before, after: await openUploads(id) };
  },
  's3-upload-file': async (_, id) => {
    const content = randomBytes(12 * 1_048_576);
    const path = join(scratch, id);
    writeFileSync(path, content);
    await s3['fPutObject']!(bucket, id, path, {});
    await s3['fGetObject']!(bucket, id, `${path}.back`);
    return { same: readFileSync(`${path}.back`).equals(content) };
  },
  's3-presigned-get': async (_, id) => {
    await put(id);
    const { status, body } = await openUrl(await s3['presignedGetObject']!(bucket, id, 300));
    return { status, body };
  },
  's3-presigned-put': async (_, id) => {
    const url = (await s3['presignedPutObject']!(bucket, id, 300)) as string;
    const { status } = await openUrl(url, { method: 'PUT', body: 'by url' });
    return { status, body: await bodyOf(id) };
  },
  's3-presigned-tampered': async (_, id) => {
    await put(id);
    const url = (await s3['presignedGetObject']!(bucket, id, 300)) as string;
    const { status, code } = await openUrl(url.replace('X-Amz-Signature=', 'X-Amz-Signature=0'));
    return { status, code };
  },
  's3-post-form': async (_, id) => {
    const policy = (await s3['newPostPolicy']!()) as Record<string, (value: unknown) => void>;
    policy['setBucket']!(bucket);
    policy['setKey']!(id);
    policy['setExpires']!(new Date(Date.now() + 300_000));
    const { postURL, formData } = await s3['presignedPostPolicy']!(policy);
    const form = new FormData();
    for (const [name, value] of Object.entries(formData as Record<string, string>)) form.append(name, value);
    form.append('file', new Blob([CONTENT]), 'file');
    const { status } = await openUrl(postURL, { method: 'POST', body: form });
    return { status, body: await bodyOf(id) };
  },
  's3-unsigned': async (_, id) => {
    await put(id);
    const { status, code } = await openUrl(urlOf(id));
    return { status, code };
  },
  's3-wrong-secret': () => refused(secretId, 'x'.repeat(32)),
  's3-unknown-id': () => refused(`AKID${'x'.repeat(32)}`, 'x'.repeat(32)),
  's3-acl': async (_, id) => {
    await put(id, CONTENT, { 'x-amz-acl': 'public-read' });
    const { status, body } = await openUrl(urlOf(id));
    return { status, body };
  },
  's3-tagging': async (_, id) => {
    await put(id);
    await s3['setObjectTagging']!(bucket, id, { a: '1', b: '2' });
    const tags = await tagsOf(id);
    await s3['removeObjectTagging']!(bucket, id);
    return { tags, after: await tagsOf(id) };
  },
  's3-policy': async (_, id) => {
    await put(id);
    const Resource = [`arn:aws:s3:::${bucket}/${id}`];
    const Statement = [{ Effect: 'Allow', Principal: { AWS: ['*'] }, Action: ['s3:GetObject'], Resource }];
    await s3['setBucketPolicy']!(bucket, JSON.stringify({ Version: '2012-10-17', Statement }));
    const { status } = await openUrl(urlOf(id));
    await s3['setBucketPolicy']!(bucket, '');
    return { status, after: (await openUrl(urlOf(id))).status };
  },
  's3-bucket-list': async () => {
    const buckets = (await s3['listBuckets']!()) as { name: string }[];
    return { listed: buckets.some(({ name }) => name === bucket) };
  },
  's3-bucket-head': async () => {
    const there = await statusOf(s3['bucketExists']!(bucket));
    return { there, missing: await statusOf(s3['bucketExists']!(`nobody-has-it-${appid}`)) };
  },
  's3-bucket-life': async (_, id) => {
    const name = `conf-life-${randomBytes(3).toString('hex')}-${appid}`;
    await s3['makeBucket']!(name, region);
    await s3['putObject']!(name, id, CONTENT);
    const { code } = await failure(s3['removeBucket']!(name));
    await s3['removeObject']!(name, id);
    await s3['removeBucket']!(name);
    return { full: code, after: await statusOf(s3['bucketExists']!(name)) };
  },
  's3-lifecycle': async () => {
    const Rule = [{ ID: 'old', Status: 'Enabled', Filter: { Prefix: 'logs/' }, Expiration: { Days: 7 } }];
    await s3['setBucketLifecycle']!(bucket, { Rule });
    const rules = [(await s3['getBucketLifecycle']!(bucket)).Rule].flat();
    const { ID, Status, Filter, Expiration } = rules[0];
    return { id: ID, status: Status, prefix: Filter.Prefix, days: Number(Expiration.Days) };
  },
};

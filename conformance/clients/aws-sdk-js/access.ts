/** Signatures, presigned URLs, ACLs and tags. */
import {
  DeleteBucketPolicyCommand,
  DeleteObjectTaggingCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  ListObjectsV2Command,
  PutBucketPolicyCommand,
  PutObjectAclCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { answer, bodyOf, type Context, clientFor, failure, put, type Steps, urlOf } from './context.ts';

const LASTING = { expiresIn: 300 };

async function signedGet({ s3, bucket }: Context, Key: string): Promise<string> {
  return getSignedUrl(s3, new GetObjectCommand({ Bucket: bucket, Key }), LASTING);
}

async function tagsOf({ s3, bucket }: Context, Key: string): Promise<Record<string, string>> {
  const { TagSet = [] } = await s3.send(new GetObjectTaggingCommand({ Bucket: bucket, Key }));
  return Object.fromEntries(TagSet.map((tag) => [tag.Key ?? '', tag.Value ?? '']));
}

async function refused(context: Context, accessKeyId: string, secretAccessKey: string) {
  const s3 = clientFor({ credentials: { accessKeyId, secretAccessKey } });
  return failure(s3.send(new ListObjectsV2Command({ Bucket: context.bucket })));
}

const openUrl = async (url: string, init: RequestInit = {}) => answer(fetch(url, init));

export const access: Steps = {
  's3-presigned-get': async (context, id) => {
    await put(context, id);
    const { status, body } = await openUrl(await signedGet(context, id));
    return { status, body };
  },
  's3-presigned-put': async (context, id) => {
    const command = new PutObjectCommand({ Bucket: context.bucket, Key: id });
    const { status } = await openUrl(await getSignedUrl(context.s3, command, LASTING), {
      method: 'PUT',
      body: 'by url',
    });
    return { status, body: await bodyOf(context, id) };
  },
  's3-presigned-tampered': async (context, id) => {
    await put(context, id);
    const url = await signedGet(context, id);
    const tampered = url.replace(/(X-Amz-Signature=)(.)/, (_whole, name: string, digit: string) => {
      return `${name}${digit === '0' ? '1' : '0'}`;
    });
    const { status, code } = await openUrl(tampered);
    return { status, code };
  },
  's3-unsigned': async (context, id) => {
    await put(context, id);
    const { status, code } = await openUrl(urlOf(context, id));
    return { status, code };
  },
  's3-wrong-secret': (context) => refused(context, process.env['CONFORMANCE_SECRET_ID'] ?? '', 'x'.repeat(32)),
  's3-unknown-id': (context) => refused(context, `AKID${'x'.repeat(32)}`, 'x'.repeat(32)),
  's3-acl': async (context, id) => {
    await put(context, id);
    const { s3, bucket } = context;
    await s3.send(new PutObjectAclCommand({ Bucket: bucket, Key: id, ACL: 'public-read' }));
    const { status, body } = await openUrl(urlOf(context, id));
    return { status, body };
  },
  's3-tagging': async (context, id) => {
    const target = { Bucket: context.bucket, Key: id };
    await put(context, id);
    const TagSet = Object.entries({ a: '1', b: '2' }).map(([Key, Value]) => ({ Key, Value }));
    await context.s3.send(new PutObjectTaggingCommand({ ...target, Tagging: { TagSet } }));
    const tags = await tagsOf(context, id);
    await context.s3.send(new DeleteObjectTaggingCommand(target));
    return { tags, after: await tagsOf(context, id) };
  },
  's3-policy': async (context, id) => {
    const { s3, bucket } = context;
    await put(context, id);
    const Resource = `arn:aws:s3:::${bucket}/${id}`;
    const Statement = [{ Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource }];
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement });
    await s3.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy }));
    const { status } = await openUrl(urlOf(context, id));
    await s3.send(new DeleteBucketPolicyCommand({ Bucket: bucket }));
    return { status, after: (await openUrl(urlOf(context, id))).status };
  },
};

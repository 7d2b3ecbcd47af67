/** Steps of `cases/reads.ts` and `cases/access.ts`. */
import {
  bodyOf,
  CONTENT,
  type Context,
  failure,
  hostOf,
  on,
  put,
  raw,
  type Step,
  type Steps,
  statusOf,
} from './context.ts';

const range = (Range: string): Step => {
  return async (context, id) => {
    await put(context, id);
    const { statusCode, Body, headers } = await context.sdk.getObject!(on(context, id, { Headers: { Range } }));
    return { status: statusCode, body: String(Body), range: headers['content-range'] ?? null };
  };
};

const ETAG = '"25f9e794323b453885f5181f1b624d0b"';
const get = (context: Context, id: string, Headers: Record<string, string>) =>
  context.sdk.getObject!(on(context, id, { Headers }));

export const reads: Steps = {
  'range-middle': range('bytes=2-4'),
  'range-open': range('bytes=6-'),
  'range-suffix': range('bytes=-3'),
  'range-clipped': range('bytes=7-100'),
  'range-outside': async (context, id) => {
    await put(context, id);
    return failure(get(context, id, { Range: 'bytes=20-30' }));
  },
  'if-match-false': async (context, id) => {
    await put(context, id);
    return failure(get(context, id, { 'If-Match': '"00000000000000000000000000000000"' }));
  },
  'if-match-true': async (context, id) => {
    await put(context, id);
    return { status: await statusOf(get(context, id, { 'If-Match': ETAG })) };
  },
  'if-none-match-false': async (context, id) => {
    await put(context, id);
    return { status: await statusOf(get(context, id, { 'If-None-Match': ETAG })) };
  },
  'if-modified-since-false': async (context, id) => {
    await put(context, id);
    const { headers } = await context.sdk.headObject!(on(context, id));
    return { status: await statusOf(get(context, id, { 'If-Modified-Since': headers['last-modified'] })) };
  },
  'if-unmodified-since-false': async (context, id) => {
    await put(context, id);
    return failure(get(context, id, { 'If-Unmodified-Since': 'Wed, 21 Oct 2015 07:28:00 GMT' }));
  },
};

/** `getObjectUrl` answers at once, as text. */
function presigned(context: Context, Key: string, Method = 'GET'): string {
  const make = context.sdk.getObjectUrl as unknown as (parameters: Record<string, unknown>) => string;
  return make.call(context.sdk, on(context, Key, { Method, Sign: true, Expires: 600 }));
}

const plainUrl = (context: Context, key: string): string => `${context.scheme}://${hostOf(context)}/${key}`;

async function rawFailure(context: Context, url: string): Promise<{ status: number; code: string }> {
  const { status, code } = await raw(context, url);
  return { status, code: code ?? '' };
}

const tagsOf = async (context: Context, id: string): Promise<string[][]> => {
  const { Tags } = await context.sdk.getObjectTagging!(on(context, id));
  return Tags.map(({ Key, Value }: { Key: string; Value: string }) => [Key, Value]);
};

export const access: Steps = {
  'presigned-get': async (context, id) => {
    await put(context, id);
    const { status, body } = await raw(context, presigned(context, id));
    return { status, body };
  },
  'presigned-put': async (context, id) => {
    const { status } = await raw(context, presigned(context, id, 'PUT'), 'PUT', 'by url');
    return { status, body: await bodyOf(context, id) };
  },
  'presigned-other-key': async (context, id) => {
    await put(context, id);
    return rawFailure(context, presigned(context, `${id}-not`).replace(`${id}-not`, id));
  },
  'presigned-tampered': async (context, id) => {
    await put(context, id);
    const url = presigned(context, id);
    return rawFailure(context, url.replace(/q-signature=[0-9a-f]{8}/, 'q-signature=00000000'));
  },
  unsigned: async (context, id) => {
    await put(context, id);
    return rawFailure(context, plainUrl(context, id));
  },
  'wrong-secret': (context, id) => {
    const other = context.withKeys(process.env['CONFORMANCE_SECRET_ID'] ?? '', 'anotherSecretKeyOfTheSameLength0');
    return failure(other.getObject!(on(context, id)));
  },
  'unknown-id': (context, id) => {
    const other = context.withKeys('AKIDnobodyHasThisSecretId00000000001', 'anotherSecretKeyOfTheSameLength0');
    return failure(other.getObject!(on(context, id)));
  },
  'acl-default': async (context, id) => {
    await put(context, id);
    return { acl: (await context.sdk.getObjectAcl!(on(context, id))).headers['x-cos-acl'] ?? null };
  },
  'acl-public-read': async (context, id) => {
    await put(context, id);
    const before = (await raw(context, plainUrl(context, id))).status;
    await context.sdk.putObjectAcl!(on(context, id, { ACL: 'public-read' }));
    return { before, after: (await raw(context, plainUrl(context, id))).status };
  },
  'acl-grants': async (context, id) => {
    await put(context, id, { ACL: 'public-read' });
    const { Grants } = await context.sdk.getObjectAcl!(on(context, id));
    return { permissions: Grants.map(({ Permission }: { Permission: string }) => Permission).sort() };
  },
  tagging: async (context, id) => {
    await put(context, id);
    const Tags = [
      { Key: 'z', Value: '1' },
      { Key: 'a', Value: 'two words' },
    ];
    await context.sdk.putObjectTagging!(on(context, id, { Tags }));
    return { tags: await tagsOf(context, id) };
  },
  'tagging-delete': async (context, id) => {
    await put(context, id, { Headers: { 'x-cos-tagging': 'a=1' } });
    await context.sdk.deleteObjectTagging!(on(context, id));
    return { tags: await tagsOf(context, id) };
  },
  'tagging-header': async (context, id) => {
    await put(context, id, { Body: CONTENT, Headers: { 'x-cos-tagging': 'a=1&b=2' } });
    return { count: (await context.sdk.headObject!(on(context, id))).headers['x-cos-tagging-count'] ?? null };
  },
  'tagging-too-many': async (context, id) => {
    await put(context, id);
    const Tags = Array.from({ length: 11 }, (_, at) => ({ Key: `k${at}`, Value: '1' }));
    return failure(context.sdk.putObjectTagging!(on(context, id, { Tags })));
  },
};

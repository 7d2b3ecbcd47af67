/** Steps of `cases/features.ts`. */
import { createHash } from 'node:crypto';
import { bodyOf, type Context, failure, on, put, type Steps, statusOf } from './context.ts';

const KEY = Buffer.alloc(32, 'k');
const customerKey = (key: Buffer): Record<string, string> => ({
  'x-cos-server-side-encryption-customer-algorithm': 'AES256',
  'x-cos-server-side-encryption-customer-key': key.toString('base64'),
  'x-cos-server-side-encryption-customer-key-MD5': createHash('md5').update(key).digest('base64'),
});
const ALGORITHM = 'x-cos-server-side-encryption-customer-algorithm';

const RestoreRequest = { Days: 1, CASJobParameters: { Tier: 'Standard' } };
const restore = (context: Context, key: string) => context.sdk.restoreObject!(on(context, key, { RestoreRequest }));

export const features: Steps = {
  'sse-cos': async (context, id) => {
    await put(context, id, { ServerSideEncryption: 'AES256' });
    const { headers } = await context.sdk.headObject!(on(context, id));
    return { sse: headers['x-cos-server-side-encryption'] ?? null, etag: headers['etag'] };
  },
  'sse-c': async (context, id) => {
    await put(context, id, { Headers: customerKey(KEY) });
    const { Body, headers } = await context.sdk.getObject!(on(context, id, { Headers: customerKey(KEY) }));
    return { algorithm: headers[ALGORITHM] ?? null, body: String(Body) };
  },
  'sse-c-without-key': async (context, id) => {
    await put(context, id, { Headers: customerKey(KEY) });
    return failure(context.sdk.getObject!(on(context, id)));
  },
  'sse-c-other-key': async (context, id) => {
    await put(context, id, { Headers: customerKey(KEY) });
    return failure(context.sdk.getObject!(on(context, id, { Headers: customerKey(Buffer.alloc(32, 'o')) })));
  },
  symlink: async (context, id) => {
    await symlink(context, id);
    const { headers } = await context.sdk.request!(on(context, `${id}/link`, { Method: 'GET', Action: 'symlink' }));
    return { target: headers['x-cos-symlink-target'] ?? null };
  },
  'symlink-read': async (context, id) => {
    await symlink(context, id);
    return { body: await bodyOf(context, `${id}/link`) };
  },
  'archive-get': async (context, id) => {
    await put(context, id, { StorageClass: 'ARCHIVE' });
    return failure(context.sdk.getObject!(on(context, id)));
  },
  'archive-restore': async (context, id) => {
    await put(context, id, { StorageClass: 'ARCHIVE' });
    const status = await statusOf(restore(context, id));
    return { status, restore: (await context.sdk.headObject!(on(context, id))).headers['x-cos-restore'] ?? null };
  },
  'archive-restore-again': async (context, id) => {
    await put(context, id, { StorageClass: 'ARCHIVE' });
    await restore(context, id);
    return failure(restore(context, id));
  },
  'restore-standard': async (context, id) => {
    await put(context, id);
    return failure(restore(context, id));
  },
};

/** The SDKs have no call for links; their general one has. */
async function symlink(context: Context, id: string): Promise<void> {
  await put(context, `${id}/target 1`);
  const Headers = { 'x-cos-symlink-target': encodeURIComponent(`${id}/target 1`) };
  await context.sdk.request!(on(context, `${id}/link`, { Method: 'PUT', Action: 'symlink', Headers }));
}

const select = (context: Context, key: string, Expression: string, input: object, output: object) =>
  context.sdk.selectObjectContent!(
    on(context, key, {
      SelectType: 2,
      SelectRequest: {
        Expression,
        ExpressionType: 'SQL',
        InputSerialization: { CompressionType: 'NONE', ...input },
        OutputSerialization: output,
        RequestProgress: { Enabled: 'FALSE' },
      },
    }),
  );

const CSV = { CSV: { FileHeaderInfo: 'USE', RecordDelimiter: '\\n', FieldDelimiter: ',' } };

export const selects: Steps = {
  'select-csv': async (context, id) => {
    await put(context, id, { Body: 'name,points\na,100\nb,200\nc,300\n' });
    const sql = 'SELECT s.name, s.points FROM COSObject s WHERE s.points > 100';
    const { Payload } = await select(context, id, sql, CSV, { CSV: {} });
    return { records: String(Payload) };
  },
  'select-json': async (context, id) => {
    await put(context, id, { Body: '{"name":"a","points":1}\n{"name":"b","points":2}\n' });
    const sql = 'SELECT s.name FROM COSObject s WHERE s.points = 2';
    const { Payload } = await select(context, id, sql, { JSON: { Type: 'LINES' } }, { JSON: {} });
    return { records: String(Payload) };
  },
  'select-error': async (context, id) => {
    await put(context, id, { Body: 'a\n' });
    return failure(select(context, id, 'SELEKT everything', CSV, { CSV: {} }));
  },
};

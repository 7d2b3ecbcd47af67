/** Driver of cos-js-sdk-v5. */
import { type Context, contextFromEnvironment, on, type Steps } from '../javascript/context.ts';
import { drive } from '../javascript/drive.ts';
import { selects } from '../javascript/features.ts';
import { initiate, MIB, unfinished, uploadPart } from '../javascript/multipart.ts';
import { ONLY_BROWSERS, STEPS } from '../javascript/steps.ts';
import { Pages } from './window.ts';

const installed = process.env['CONFORMANCE_INSTALLED'] ?? '';
const address = process.env['CONFORMANCE_ADDRESS'] || undefined;
const pages = new Pages(installed, address, process.env['CONFORMANCE_REGION'] ?? '');
const context = contextFromEnvironment((id, key) => pages.sdk(id, key));

/** Text of 3 MiB and a bit, no two parts alike. */
const CONTENT = `${'a'.repeat(MIB)}${'b'.repeat(MIB)}${'c'.repeat(MIB)}123456789`;
const sliced = { SliceSize: 1, ChunkSize: MIB };
const fileIn = ({ bucket }: Context, id: string): unknown => new (pages.of(bucket).File)([CONTENT], id);

/** Uploads of files as a page has them. */
const files: Steps = {
  'upload-file': async (context, id) => {
    await context.sdk.uploadFile!(on(context, id, { Body: fileIn(context, id), ...sliced }));
    const { Body } = await context.sdk.getObject!(on(context, id));
    return { length: Body.length, same: Body === CONTENT };
  },
  'upload-file-resume': async (context, id) => {
    const upload = await initiate(context, id);
    await uploadPart(context, id, upload, 1, CONTENT.slice(0, MIB));
    await context.sdk.sliceUploadFile!(on(context, id, { Body: fileIn(context, id), ...sliced }));
    const { headers } = await context.sdk.headObject!(on(context, id));
    return { unfinished: await unfinished(context, id), etagSuffix: headers['etag'].replaceAll('"', '').slice(-2) };
  },
};

const EMPTY = 'jsdom sends empty bodies in chunks, as no browser does';
const LEFT_OUT = {
  ...ONLY_BROWSERS,
  'put-stream': 'a page has no bodies of unknown length',
  'put-empty': EMPTY,
  'bucket-create-again': EMPTY,
  'select-error': 'the SDK does not read the code of a failed SELECT',
};
await drive(context, { ...STEPS, ...selects, ...files }, LEFT_OUT);
process.exit(0);

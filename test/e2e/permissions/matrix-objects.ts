/** The permission matrix: operations on objects. Source: spec/access.md §2.2, §2.3, §6; spec/objects.md. */
import { md5Base64 } from '../../support/buckets.ts';
import { CORS } from './matrix-buckets.ts';
import { BY_POLICY, BY_READ, BY_WRITE, type Cells, ofObject, type Place, type Prepare, type Row } from './row.ts';

export const CONTENT = 'a,b\n';

const stored: Prepare = (ask, { key }) => ask({ method: 'PUT', key, body: CONTENT });
const storedWith =
  (headers: Record<string, string>): Prepare =>
  (ask, { key }) =>
    ask({ method: 'PUT', key, body: CONTENT, headers });
const source: Prepare = (ask) => ask({ method: 'PUT', key: 'source', body: CONTENT });
const linked: Prepare = (ask, { key }) =>
  ask({ method: 'PUT', key, query: { symlink: '' }, headers: { 'x-cos-symlink-target': 'source' } });
const locked: Prepare = (ask) =>
  ask({
    method: 'PUT',
    query: { 'object-lock': '' },
    body: '<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled></ObjectLockConfiguration>',
  });
const started: Prepare = async (ask, place) => {
  const { text } = await ask({ method: 'POST', key: place.key, query: { uploads: '' } });
  place.uploadId = /<UploadId>([^<]+)</.exec(text)![1]!;
};
const withPart: Prepare = async (ask, place) => {
  await started(ask, place);
  const query = { partNumber: '1', uploadId: place.uploadId };
  place.etag = (await ask({ method: 'PUT', key: place.key, query, body: CONTENT })).headers.etag as string;
};

const PAST_ALL_TESTS = '2049-01-01T00:00:00.000Z';
const RETENTION = `<Retention><Mode>COMPLIANCE</Mode><RetainUntilDate>${PAST_ALL_TESTS}</RetainUntilDate></Retention>`;
const HOLD = '<LegalHold><Status>OFF</Status></LegalHold>';
const SELECT =
  '<SelectRequest><Expression>SELECT * FROM COSObject</Expression><ExpressionType>SQL</ExpressionType>' +
  '<InputSerialization><CSV/></InputSerialization><OutputSerialization><CSV/></OutputSerialization></SelectRequest>';
const TAGS = '<Tagging><TagSet><Tag><Key>a</Key><Value>1</Value></Tag></TagSet></Tagging>';
const copySource = ({ bucket }: Place) => ({ 'x-cos-copy-source': `/${bucket}/source` });
const READ_SOURCE = [{ action: 'GetObject', key: 'source' }];

/** WRITE on the bucket, and READ on the source. */
const BY_WRITE_AND_READ: Cells = { ...BY_WRITE, writer: 'AccessDenied' };
const NEEDS_SOURCE = 'who may only write cannot read the source (§6)';
/** Preflights are not authorised (§6), and not even who asks is looked at. */
const OPEN = Object.fromEntries(Object.keys(BY_POLICY).map((name) => [name, 'allow'])) as Cells;

export const OBJECT_ROWS: readonly Row[] = [
  ofObject('PutObject', 'PUT', '', { cells: BY_WRITE, body: CONTENT }),
  {
    ...ofObject('PostObject', 'POST', '', { cells: BY_WRITE, success: 204 }),
    request: ({ key }) => ({ method: 'POST', form: { key, file: CONTENT } }),
  },
  ofObject('PutObjectCopy', 'PUT', '', {
    cells: BY_WRITE_AND_READ,
    reason: NEEDS_SOURCE,
    actions: ['PutObject', 'PutObjectCopy'],
    also: READ_SOURCE,
    once: source,
    request: (place) => ({ method: 'PUT', key: place.key, headers: copySource(place) }),
  }),
  ofObject('GetObject', 'GET', '', { cells: BY_READ, each: stored }),
  ofObject('HeadObject', 'HEAD', '', { cells: BY_READ, actions: ['HeadObject', 'GetObject'], each: stored }),
  ofObject('DeleteObject', 'DELETE', '', { cells: BY_WRITE, each: stored, success: 204 }),
  {
    ...ofObject('DeleteMultipleObjects', 'POST', 'delete', {
      cells: BY_WRITE,
      reason: 'each key is judged as by DeleteObject, and the answer is 200: the cell is what it says of the key (§6)',
      actions: ['DeleteObject', 'DeleteMultipleObjects', 'DeleteMultipleObject'],
      each: stored,
    }),
    request: ({ key }) => {
      const body = `<Delete><Quiet>true</Quiet><Object><Key>${key}</Key></Object></Delete>`;
      return { method: 'POST', query: { delete: '' }, body, headers: { 'content-md5': md5Base64(body) } };
    },
  },
  ofObject('OptionsObject', 'OPTIONS', '', {
    cells: OPEN,
    reason: 'a preflight is not authorised: browsers cannot sign it (§6)',
    headers: { Origin: 'https://a.example', 'Access-Control-Request-Method': 'GET' },
    once: (ask) => ask({ method: 'PUT', query: { cors: '' }, body: CORS }),
  }),
  ofObject('AppendObject', 'POST', 'append&position=0', {
    cells: BY_WRITE,
    reason: 'in no list; treated as WRITE (§2.2)',
    body: CONTENT,
  }),
  ofObject('PostObjectRestore', 'POST', 'restore', {
    reason: 'in no list of what ACLs give (§2.2)',
    each: storedWith({ 'x-cos-storage-class': 'ARCHIVE' }),
    body: '<RestoreRequest><Days>1</Days></RestoreRequest>',
    success: 202,
  }),
  ofObject('SelectObjectContent', 'POST', 'select&select-type=2', {
    cells: BY_READ,
    reason: 'reads the object: §6 names SelectObjectContent, spec/operations.json GetObject; either serves',
    actions: ['SelectObjectContent', 'GetObject'],
    each: stored,
    body: SELECT,
  }),
  ofObject('PutObjectAcl', 'PUT', 'acl', {
    reason: 'WRITE_ACP of a bucket does not pass on to its objects (§2.3)',
    actions: ['PutObjectACL'],
    headers: { 'x-cos-acl': 'private' },
    each: stored,
  }),
  ofObject('GetObjectAcl', 'GET', 'acl', {
    reason: 'READ_ACP of a bucket does not pass on to its objects (§2.3)',
    actions: ['GetObjectACL'],
    each: stored,
  }),
  ofObject('PutObjectTagging', 'PUT', 'tagging', { each: stored, body: TAGS }),
  ofObject('GetObjectTagging', 'GET', 'tagging', { each: storedWith({ 'x-cos-tagging': 'a=1' }) }),
  ofObject('DeleteObjectTagging', 'DELETE', 'tagging', {
    each: storedWith({ 'x-cos-tagging': 'a=1' }),
    success: 204,
  }),
  ofObject('PutSymlink', 'PUT', 'symlink', {
    cells: BY_WRITE,
    reason: 'a write of an object; its target need not be readable, which is asked of who reads through it',
    actions: ['PutSymlink', 'PutObject'],
    headers: { 'x-cos-symlink-target': 'source' },
    once: source,
  }),
  ofObject('GetSymlink', 'GET', 'symlink', {
    cells: BY_READ,
    actions: ['GetSymlink', 'GetObject', 'HeadObject'],
    once: source,
    each: linked,
  }),
  ofObject('PutObjectRetention', 'PUT', 'retention', { once: locked, each: stored, body: RETENTION }),
  ofObject('GetObjectRetention', 'GET', 'retention', {
    once: locked,
    each: storedWith({ 'x-cos-object-lock-mode': 'COMPLIANCE', 'x-cos-object-lock-retain-until-date': PAST_ALL_TESTS }),
  }),
  ofObject('PutObjectLegalHold', 'PUT', 'legal-hold', { once: locked, each: stored, body: HOLD }),
  ofObject('GetObjectLegalHold', 'GET', 'legal-hold', {
    once: locked,
    each: storedWith({ 'x-cos-object-lock-legal-hold': 'OFF' }),
  }),
  ofObject('InitiateMultipartUpload', 'POST', 'uploads', { cells: BY_WRITE }),
  ofObject('UploadPart', 'PUT', '', {
    cells: BY_WRITE,
    each: started,
    request: ({ key, uploadId }) => ({ method: 'PUT', key, query: { partNumber: '1', uploadId }, body: CONTENT }),
  }),
  ofObject('UploadPartCopy', 'PUT', '', {
    cells: BY_WRITE_AND_READ,
    reason: NEEDS_SOURCE,
    actions: ['UploadPart', 'PutObject', 'UploadPartCopy'],
    also: READ_SOURCE,
    once: source,
    each: started,
    request: (place) => ({
      method: 'PUT',
      key: place.key,
      query: { partNumber: '1', uploadId: place.uploadId },
      headers: copySource(place),
    }),
  }),
  ofObject('ListParts', 'GET', '', {
    cells: BY_WRITE,
    reason: 'in no list; the same right as UploadPart (§2.2)',
    each: withPart,
    request: ({ key, uploadId }) => ({ method: 'GET', key, query: { uploadId } }),
  }),
  ofObject('CompleteMultipartUpload', 'POST', '', {
    cells: BY_WRITE,
    each: withPart,
    request: ({ key, uploadId, etag }) => ({
      method: 'POST',
      key,
      query: { uploadId },
      body:
        `<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>${etag}</ETag></Part>` +
        '</CompleteMultipartUpload>',
    }),
  }),
  ofObject('AbortMultipartUpload', 'DELETE', '', {
    cells: BY_WRITE,
    reason: 'in no list; treated as WRITE (§2.2)',
    each: started,
    success: 204,
    request: ({ key, uploadId }) => ({ method: 'DELETE', key, query: { uploadId } }),
  }),
];

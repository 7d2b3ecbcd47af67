/** Driver of the AWS CLI: `aws s3` for files, `aws s3api` for the rest. */
import { join } from 'node:path';
import { driveTool } from '../s3-tool/steps.ts';
import { countOf, type Given, Program, type Tool } from '../s3-tool/tool.ts';

const given = (name: string): string => process.env[`CONFORMANCE_${name}`] ?? '';
const bucket = given('BUCKET');
const versioned = given('VERSIONED_BUCKET');
const scratch = given('SCRATCH');

const aws = new Program(given('TOOL'), ['--endpoint-url', `http://${given('ADDRESS')}`], {
  AWS_ACCESS_KEY_ID: given('SECRET_ID'),
  AWS_SECRET_ACCESS_KEY: given('SECRET_KEY'),
  AWS_DEFAULT_REGION: given('REGION'),
  AWS_CONFIG_FILE: join(scratch, 'none'),
  AWS_SHARED_CREDENTIALS_FILE: join(scratch, 'none'),
  AWS_MAX_ATTEMPTS: '1',
  AWS_EC2_METADATA_DISABLED: 'true',
});
const at = (key: string): string => `s3://${bucket}/${key}`;
const api = (name: string, ...args: string[]): string => aws.run(['s3api', name, '--bucket', bucket, ...args]);

function sync(from: string, to: string): number {
  return countOf(aws.run(['s3', 'sync', '--delete', from, to]), /(?:upload|download|delete): /g);
}

function flagsOf({ type, meta, storageClass }: Given): string[] {
  return [
    ...(type === undefined ? [] : ['--content-type', type]),
    ...(meta === undefined ? [] : ['--metadata', `given=${meta}`]),
    ...(storageClass === undefined ? [] : ['--storage-class', storageClass]),
  ];
}

/** Names of a list: of files after date, time and size; of folders after `PRE`. */
function namesIn(text: string): string[] {
  return text
    .split('\n')
    .map((line) => /^(?:\S+ \S+ +\d+| +PRE) (.+)$/.exec(line)?.[1])
    .filter((name) => name !== undefined);
}

const tool: Tool = {
  upload: (file, key, more = {}) => void aws.run(['s3', 'cp', file, at(key), ...flagsOf(more)]),
  download: (key, file) => void aws.run(['s3', 'cp', at(key), file]),
  pipe: (content, key) => void aws.run(['s3', 'cp', '-', at(key)], content),
  list: (prefix) => namesIn(aws.run(['s3', 'ls', at(prefix)])),
  syncUp: (folder, prefix) => sync(folder, at(prefix)),
  syncDown: (prefix, folder) => sync(at(prefix), folder),
  move: (from, to) => void aws.run(['s3', 'mv', at(from), at(to)]),
  copy: (from, to) => void aws.run(['s3', 'cp', at(from), at(to)]),
  presign: (key) => aws.run(['s3', 'presign', at(key), '--expires-in', '300']).trim(),
  publish: (key) => void api('put-object-acl', '--key', key, '--acl', 'public-read'),
  undelete: (key) => {
    const ask = ['s3api', 'list-object-versions', '--bucket', versioned, '--prefix', key, '--output', 'text'];
    const marker = aws.run([...ask, '--query', 'DeleteMarkers[?IsLatest].VersionId']).trim();
    aws.run(['s3api', 'delete-object', '--bucket', versioned, '--key', key, '--version-id', marker]);
  },
  makeBucket: (name) => void aws.run(['s3', 'mb', `s3://${name}`]),
  buckets: () => aws.run(['s3', 'ls']).split(/\s+/),
  removeBucket: (name) => void aws.run(['s3', 'rb', `s3://${name}`]),
  lifecycle: (rule) => {
    const document = { Rules: [{ ID: rule, Status: 'Enabled', Filter: { Prefix: 'logs/' }, Expiration: { Days: 7 } }] };
    api('put-bucket-lifecycle-configuration', '--lifecycle-configuration', JSON.stringify(document));
    return api('get-bucket-lifecycle-configuration');
  },
  removeAll: (prefix) => void aws.run(['s3', 'rm', '--recursive', at(prefix)]),
};

await driveTool(tool);

/** Driver of rclone. Its remote is made by variables of the environment. */
import { join } from 'node:path';
import { driveTool } from '../s3-tool/steps.ts';
import { countOf, type Given, Program, type Tool } from '../s3-tool/tool.ts';

const given = (name: string): string => process.env[`CONFORMANCE_${name}`] ?? '';
const bucket = given('BUCKET');
const versioned = given('VERSIONED_BUCKET');
const scratch = given('SCRATCH');

const rclone = new Program(given('TOOL'), ['--retries', '1', '--low-level-retries', '1'], {
  RCLONE_CONFIG: join(scratch, 'rclone.conf'),
  RCLONE_CONFIG_S3_TYPE: 's3',
  RCLONE_CONFIG_S3_PROVIDER: given('PROVIDER'),
  RCLONE_CONFIG_S3_ENDPOINT: `http://${given('ADDRESS')}`,
  RCLONE_CONFIG_S3_ACCESS_KEY_ID: given('SECRET_ID'),
  RCLONE_CONFIG_S3_SECRET_ACCESS_KEY: given('SECRET_KEY'),
  RCLONE_CONFIG_S3_REGION: given('REGION'),
  RCLONE_CONFIG_S3_FORCE_PATH_STYLE: 'true',
  // Without it only files of more than 200 MiB go in parts.
  RCLONE_S3_UPLOAD_CUTOFF: '8Mi',
});
const at = (key: string): string => `s3:${bucket}/${key}`;
const linesOf = (text: string): string[] => text.split('\n').filter((line) => line !== '');

const sync = (from: string, to: string): number =>
  countOf(rclone.tell(['sync', '-v', from, to]).err, /: (?:Copied|Deleted|Updated)/g);

function flagsOf({ type, meta, storageClass }: Given): string[] {
  return [
    ...(type === undefined ? [] : ['--metadata', '--metadata-set', `content-type=${type}`]),
    ...(meta === undefined ? [] : ['--metadata', '--metadata-set', `given=${meta}`]),
    ...(storageClass === undefined ? [] : ['--s3-storage-class', storageClass]),
  ];
}

const tool: Tool = {
  upload: (file, key, more = {}) => void rclone.run(['copyto', file, at(key), ...flagsOf(more)]),
  download: (key, file) => void rclone.run(['copyto', at(key), file]),
  pipe: (content, key) => void rclone.run(['rcat', at(key)], content),
  list: (prefix) => linesOf(rclone.run(['lsf', at(prefix)])),
  syncUp: (folder, prefix) => sync(folder, at(prefix)),
  syncDown: (prefix, folder) => sync(at(prefix), folder),
  equal: (folder, prefix) => rclone.try(['check', folder, at(prefix)]).code === 0,
  move: (from, to) => void rclone.run(['moveto', at(from), at(to)]),
  copy: (from, to) => void rclone.run(['copyto', at(from), at(to)]),
  presign: (key) => rclone.run(['link', '--expire', '5m', at(key)]).trim(),
  publish: (key) => void rclone.run(['rcat', '--s3-acl', 'public-read', at(key)], 'for everybody'),
  undelete: (key) => {
    const old = linesOf(rclone.run(['lsf', '--s3-versions', `s3:${versioned}`, '--include', `${key}-v*`]))[0] ?? '';
    const file = join(scratch, `${key}.version`);
    rclone.run(['copyto', '--s3-versions', `s3:${versioned}/${old}`, file]);
    rclone.run(['copyto', file, `s3:${versioned}/${key}`]);
  },
  makeBucket: (name) => void rclone.run(['mkdir', `s3:${name}`]),
  buckets: () => linesOf(rclone.run(['lsf', 's3:'])).map((name) => name.replace(/\/$/, '')),
  removeBucket: (name) => void rclone.run(['rmdir', `s3:${name}`]),
  removeAll: (prefix) => void rclone.run(['purge', at(prefix)]),
};

await driveTool(tool);

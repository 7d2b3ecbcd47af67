/** Driver of s3cmd. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { driveTool } from '../s3-tool/steps.ts';
import { countOf, type Given, Program, type Tool } from '../s3-tool/tool.ts';

const given = (name: string): string => process.env[`CONFORMANCE_${name}`] ?? '';
const bucket = given('BUCKET');
const scratch = given('SCRATCH');

const settings = {
  access_key: given('SECRET_ID'),
  secret_key: given('SECRET_KEY'),
  host_base: given('ADDRESS'),
  // Without the bucket in it: by path.
  host_bucket: given('ADDRESS'),
  bucket_location: given('REGION'),
  use_https: 'False',
  max_retries: '1',
};
const config = join(scratch, 's3cfg');
const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}`);
writeFileSync(config, `[default]\n${lines.join('\n')}\n`);

const s3cmd = new Program(given('TOOL'), ['-c', config, '--no-progress'], { LC_ALL: 'C.UTF-8' });
const at = (key: string): string => `s3://${bucket}/${key}`;

function sync(from: string, to: string): number {
  const said = s3cmd.run(['sync', '--delete-removed', from, to]);
  return countOf(said, /^(?:upload|download|delete): /gm);
}

function flagsOf({ type, meta, storageClass }: Given): string[] {
  return [
    ...(type === undefined ? [] : ['--mime-type', type]),
    ...(meta === undefined ? [] : [`--add-header=x-amz-meta-given:${meta}`]),
    ...(storageClass === undefined ? [] : [`--storage-class=${storageClass}`]),
  ];
}

const tool: Tool = {
  upload: (file, key, more = {}) => void s3cmd.run(['put', file, at(key), ...flagsOf(more)]),
  download: (key, file) => void s3cmd.run(['get', at(key), file]),
  pipe: (content, key) => void s3cmd.run(['put', '-', at(key)], content),
  list: (prefix) => {
    const all = [...s3cmd.run(['ls', at(prefix)]).matchAll(/s3:\/\/(.+)$/gm)];
    return all.map(([, path = '']) => path.slice(`${bucket}/${prefix}`.length));
  },
  syncUp: (folder, prefix) => sync(`${folder}/`, at(prefix)),
  syncDown: (prefix, folder) => sync(at(prefix), `${folder}/`),
  equal: (folder, prefix) => {
    const said = s3cmd.run(['sync', '--dry-run', '--delete-removed', `${folder}/`, at(prefix)]);
    return countOf(said, /^(?:upload|delete): /gm) === 0;
  },
  move: (from, to) => void s3cmd.run(['mv', at(from), at(to)]),
  copy: (from, to) => void s3cmd.run(['cp', at(from), at(to)]),
  presign: (key) => s3cmd.run(['signurl', at(key), '+300']).trim(),
  publish: (key) => void s3cmd.run(['setacl', '--acl-public', at(key)]),
  makeBucket: (name) => void s3cmd.run(['mb', `s3://${name}`]),
  buckets: () => [...s3cmd.run(['ls']).matchAll(/s3:\/\/(\S+)/g)].map(([, name = '']) => name),
  removeBucket: (name) => void s3cmd.run(['rb', `s3://${name}`]),
  lifecycle: (rule) => {
    const file = join(scratch, 'lifecycle.xml');
    const filter = '<Filter><Prefix>logs/</Prefix></Filter><Expiration><Days>7</Days></Expiration>';
    const inner = `<Rule><ID>${rule}</ID>${filter}<Status>Enabled</Status></Rule>`;
    writeFileSync(file, `<LifecycleConfiguration>${inner}</LifecycleConfiguration>`);
    s3cmd.run(['setlifecycle', file, `s3://${bucket}`]);
    return s3cmd.run(['getlifecycle', `s3://${bucket}`]);
  },
  removeAll: (prefix) => void s3cmd.run(['del', '--recursive', '--force', at(prefix)]),
};

await driveTool(tool);

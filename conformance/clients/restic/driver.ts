/** Driver of restic: one repository, from its making to prune. The cases stand in that order. */
import { join } from 'node:path';
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { type Context, clientFor, contextFromEnvironment, type Steps } from '../aws-sdk-js/context.ts';
import { drive } from '../javascript/drive.ts';
import { Program } from '../s3-tool/tool.ts';
import { readTree, sameTree, someTree, writeTree } from '../s3-tool/trees.ts';

const given = (name: string): string => process.env[`CONFORMANCE_${name}`] ?? '';
const scratch = given('SCRATCH');
const files = join(scratch, 'files');
const tree = someTree();

const restic = new Program(given('TOOL'), ['-o', 's3.bucket-lookup=path', '--quiet'], {
  RESTIC_REPOSITORY: `s3:http://${given('ADDRESS')}/${given('BUCKET')}/repository`,
  RESTIC_PASSWORD: 'password',
  RESTIC_CACHE_DIR: join(scratch, 'cache'),
  AWS_ACCESS_KEY_ID: given('SECRET_ID'),
  AWS_SECRET_ACCESS_KEY: given('SECRET_KEY'),
  AWS_DEFAULT_REGION: given('REGION'),
});

const snapshots = (): number => (JSON.parse(restic.run(['snapshots', '--json'])) as unknown[]).length;
const errors = (): boolean => restic.try(['check', '--read-data']).code !== 0;

async function objectsBelow({ s3, bucket }: Context, Prefix: string): Promise<number> {
  return (await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix }))).KeyCount ?? 0;
}

const STEPS: Steps = {
  'restic-init': async (context) => {
    restic.run(['init']);
    return { config: (await objectsBelow(context, 'repository/config')) === 1 };
  },
  'restic-backup': async () => {
    writeTree(files, tree);
    restic.run(['backup', files]);
    tree.set('new.txt', Buffer.from('new'));
    writeTree(files, tree);
    restic.run(['backup', files]);
    return { snapshots: snapshots() };
  },
  'restic-check': async () => ({ errors: errors() }),
  'restic-restore': async () => {
    const back = join(scratch, 'back');
    restic.run(['restore', `latest:${files}`, '--target', back]);
    return { same: sameTree(tree, readTree(back)) };
  },
  'restic-prune': async () => {
    restic.run(['forget', '--keep-last', '1', '--prune']);
    return { snapshots: snapshots(), errors: errors() };
  },
  'restic-locks': async (context) => ({ locks: await objectsBelow(context, 'repository/locks/') }),
};

// A connection that is kept while a command runs is closed by the server: the SDK may try again.
await drive({ ...contextFromEnvironment(), s3: clientFor({ maxAttempts: 3 }) }, STEPS, {}, 120_000);

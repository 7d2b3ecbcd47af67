/** After a restart: the uploads that were under way, in all buckets. */
import { type CosClient, texts } from './client.ts';
import { type Content, sameContent } from './content.ts';
import { each } from './verify-plain.ts';
import { PLAIN, SUSPENDED, type Upload, type World } from './world.ts';
import { wholeOf } from './write-multipart.ts';

/** Compares parts. @returns uploads that ended in the crash, to be judged once their keys are settled */
export async function verifyUploads(world: World, client: CosClient): Promise<Upload[]> {
  const ended: Upload[] = [];
  await each(world.uploads.values(), async (upload) => {
    if (await hasEnded(world, client, upload)) ended.push(upload);
  });
  return ended;
}

/** Acknowledged parts are there until the upload ends. */
async function hasEnded(world: World, client: CosClient, upload: Upload): Promise<boolean> {
  const { id, bucket, key, parts, ending } = upload;
  const answer = await client.ask({ method: 'GET', bucket, key, params: { uploadId: id } });
  if (answer.status === 404 && ending !== undefined) return true;
  if (answer.status !== 200) {
    world.report('lost', `the upload ${id} of ${key}: ${answer.status} ${texts(answer.body, 'Code').join()}`);
    world.uploads.delete(id);
    return false;
  }
  const numbers = texts(answer.body, 'PartNumber').map(Number);
  const etags = texts(answer.body, 'ETag');
  for (const [number, { etag }] of parts) {
    const found = etags[numbers.indexOf(number)];
    if (found !== etag) world.report('lost', `part ${number} of ${key}: ETag ${found} instead of ${etag}`);
  }
  return false;
}

/** Complete is done with the upload gone and the object there, or not done at all. */
export function settleUploads(world: World, ended: readonly Upload[]): void {
  for (const upload of [...world.uploads.values()]) {
    const { id, key, ending } = upload;
    const isGone = ended.includes(upload);
    if (isGone) world.uploads.delete(id);
    if (ending !== 'complete') continue;
    const isThere = contentsOf(world, upload).some((content) => sameContent(content, wholeOf(upload)));
    if (isGone && !isThere) world.report('lost', `the parts of ${key} are gone, and the object is not there`);
    if (!isGone && isThere) world.report('torn', `${key} is complete, and its upload is still there`);
  }
}

/** What the upload's key holds in any version. */
function contentsOf(world: World, { bucket, key }: Upload): Content[] {
  if (bucket === PLAIN) return [world.register(key).settled];
  const versions = bucket === SUSPENDED ? world.history(key).versions : world.versionedKey(key).versions;
  return versions.map(({ value }) => value);
}

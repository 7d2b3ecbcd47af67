/** Log files: gzip objects in the target bucket, written as all objects are. Source: spec/buckets.md §19. */
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { loadBucket } from '../../model/buckets.ts';
import { deliverObject, wholeBody } from '../../model/deliver-object.ts';
import type { Services } from '../../model/services.ts';
import type { LogBatch } from './buffer.ts';

const compress = promisify(gzip);
/** bytes of lines in one file; it is below that when compressed */
const FILE_BYTES = 256 * 1024 * 1024;
const GZIP = 'application/gzip';

/** @throws CosError NoSuchBucket where the target is not there any more, and those of `deliverObject` */
export async function deliverBatch(
  services: Services,
  { rule, lines }: LogBatch,
  fileBytes = FILE_BYTES,
): Promise<void> {
  const target = await loadBucket(services, rule.targetBucket);
  const [day, time] = new Date(services.clock.nowMs()).toISOString().slice(0, 19).split('T') as [string, string];
  const random = services.ids.versionStamp().toString(16);
  const start = `${rule.targetPrefix ?? ''}${day.replaceAll('-', '/')}/${day.replaceAll('-', '')}${time.replaceAll(':', '')}_${random}`;
  let index = 0;
  for (const content of filesOf(lines, fileBytes)) {
    const body = wholeBody(await compress(content));
    const key = `${start}_${String(index).padStart(3, '0')}.gz`;
    await deliverObject(services, target, { key, contentType: GZIP, body, encryption: undefined });
    index += 1;
  }
}

/** Whole lines, up to so many bytes at once. */
export function* filesOf(lines: readonly string[], fileBytes: number): Generator<string> {
  let from = 0;
  let bytes = 0;
  for (const [at, line] of lines.entries()) {
    if (bytes > 0 && bytes + line.length > fileBytes) {
      yield lines.slice(from, at).join('');
      from = at;
      bytes = 0;
    }
    bytes += line.length;
  }
  if (from < lines.length) yield lines.slice(from).join('');
}

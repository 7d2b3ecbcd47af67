/** The request of DELETE Multiple Objects. */
import { createHash } from 'node:crypto';
import type { Ask } from './client.ts';

export interface DeleteTarget {
  readonly key: string;
  readonly versionId?: string;
}

export function deleteAsk(bucket: string, targets: readonly DeleteTarget[]): Ask {
  const objects = targets.map(({ key, versionId }) => {
    const version = versionId === undefined ? '' : `<VersionId>${versionId}</VersionId>`;
    return `<Object><Key>${key}</Key>${version}</Object>`;
  });
  const body = Buffer.from(`<Delete><Quiet>true</Quiet>${objects.join('')}</Delete>`);
  const digest = createHash('md5').update(body).digest('base64');
  const headers = { 'Content-MD5': digest, 'Content-Type': 'application/xml' };
  return { method: 'POST', bucket, params: { delete: '' }, headers, body };
}

/** RestoreObject. Source: spec/s3.md §6, §8; spec/objects.md §8.10. */
import { codec, emptyReply } from '../../cos/codec.ts';
import { readXml } from '../../cos/decode/body.ts';
import { decodeRestore } from '../../cos/decode/restore.ts';
import { versionIdOf } from '../../cos/request.ts';
import { CosError } from '../../errors/cos-error.ts';
import { XML_CONFIG_BYTES, xmlChild } from '../../http/xml.ts';
import { postObjectRestore } from '../../operations/post-object-restore.ts';

export const postObjectRestoreCodec = codec({
  operation: postObjectRestore,
  async decode(request, limits) {
    const root = await readXml(request.wire, 'RestoreRequest', XML_CONFIG_BYTES, limits);
    for (const name of ['Type', 'SelectParameters', 'OutputLocation']) {
      if (xmlChild(root, name) === undefined) continue;
      throw new CosError('NotImplemented', { message: `${name} of a RestoreRequest is not implemented.` });
    }
    const job = xmlChild(root, 'GlacierJobParameters') ?? xmlChild(root, 'CASJobParameters') ?? root;
    return { key: request.key, versionId: versionIdOf(request), ...decodeRestore(root, job) };
  },
  encode: ({ renewed }) => emptyReply(renewed ? 200 : 202),
});

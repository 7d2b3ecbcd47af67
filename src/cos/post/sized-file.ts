/** A file held to the range that a policy gives it. Source: spec/objects.md §8.2; spec/errors.md rows 8 and 9. */
import { CosError } from '../../errors/cos-error.ts';
import type { FormFileBody } from '../../http/multipart-form.ts';
import { ANY_SIZE, type SizeBounds } from './policy.ts';

const MESSAGE = "Condition key content-length-range doesn't match the value ";

/** The same file; reading it raises EntityTooLarge above the range, and EntityTooSmall instead of an end below it. */
export function sizedFile(body: FormFileBody, bounds: SizeBounds): FormFileBody {
  if (bounds === ANY_SIZE) return body;
  async function* chunks(maxBytes: number, tooLarge?: CosError): AsyncGenerator<Buffer> {
    const narrower = bounds.max < maxBytes;
    const error = narrower ? new CosError('EntityTooLarge', { message: MESSAGE }) : tooLarge;
    let bytes = 0;
    for await (const chunk of body.chunks(narrower ? bounds.max : maxBytes, error)) {
      bytes += chunk.length;
      yield chunk;
    }
    if (bytes < bounds.min) throw new CosError('EntityTooSmall', { message: MESSAGE });
  }
  return {
    length: undefined,
    chunks,
    async readAll(maxBytes, tooLarge) {
      const pieces: Buffer[] = [];
      for await (const chunk of chunks(maxBytes, tooLarge)) pieces.push(chunk);
      return Buffer.concat(pieces);
    },
  };
}

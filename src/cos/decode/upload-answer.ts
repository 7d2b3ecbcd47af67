/** What an upload asks to be called, and to be answered. Source: spec/objects.md §12. */
import { decodeCallback, decodeReturnBody } from '../../features/callback/decode.ts';
import type { UploadAnswerRequest } from '../../operations/upload-answer.ts';
import type { HeaderSource } from './header-source.ts';

/** @throws CosError InvalidArgument, NotImplemented (variables of media) */
export function decodeUploadAnswer(source: HeaderSource): UploadAnswerRequest | undefined {
  const callback = source.header('x-cos-callback');
  const returnBody = source.header('x-cos-return-body');
  if (callback === undefined && returnBody === undefined) return undefined;
  return {
    callback: decodeCallback(callback, source.header('x-cos-callback-var')),
    returnBody: returnBody === undefined ? undefined : decodeReturnBody(returnBody),
  };
}

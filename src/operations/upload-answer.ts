/** Answers of an upload that somebody else writes: a callback server, or the client's template. Source: spec/objects.md §12. */
import { admitCallback } from '../features/callback/admit.ts';
import type { Callback, ReturnBody } from '../features/callback/decode.ts';
import { sendCallback } from '../features/callback/send.ts';
import { renderTemplate, type UploadVariables } from '../features/callback/template.ts';
import type { BucketEntry } from '../model/buckets.ts';
import type { ObjectRecord } from '../model/records/object.ts';
import type { Services } from '../model/services.ts';

export interface UploadAnswerRequest {
  readonly callback: Callback | undefined;
  readonly returnBody: ReturnBody | undefined;
}

export type UploadAnswer =
  | { readonly kind: 'callback'; readonly body: Buffer; readonly contentType: string | undefined }
  | { readonly kind: 'callback-failed'; readonly message: string }
  | { readonly kind: 'return-body'; readonly body: Buffer; readonly contentType: string }
  | { readonly kind: 'return-body-failed'; readonly message: string };

export const UPLOAD_ANSWER_ERRORS = ['CallbackFailed', 'InvalidArgument'] as const;

/** Before the upload is stored. @throws CosError NotImplemented, AccessDenied */
export function admitUploadAnswer(services: Services, request: UploadAnswerRequest | undefined): void {
  if (request?.callback !== undefined) admitCallback(request.callback, services.settings.callbacks);
}

export function variablesOf({ record }: BucketEntry, key: string, object: ObjectRecord): UploadVariables {
  const { size, etag, attributes } = object;
  return {
    bucket: record.name,
    object: key,
    size,
    etag,
    region: record.region,
    mimeType: attributes.headers.contentType,
  };
}

/** Once the object is there. Never throws: the object stays, whatever the callback server says. */
export async function answerUpload(
  services: Services,
  request: UploadAnswerRequest | undefined,
  variables: UploadVariables,
): Promise<UploadAnswer | undefined> {
  if (request?.callback !== undefined) {
    const said = await sendCallback(services.settings.callbacks, request.callback, variables);
    if (said.status === 203) return { kind: 'callback-failed', message: said.message };
    return { kind: 'callback', body: said.body, contentType: said.contentType };
  }
  if (request?.returnBody === undefined) return undefined;
  if (request.returnBody.template === undefined) return { kind: 'return-body-failed', message: request.returnBody.why };
  const { template, format } = request.returnBody;
  const body = Buffer.from(renderTemplate(template, variables, new Map(), format));
  return { kind: 'return-body', body, contentType: format === 'json' ? 'application/json' : 'text/plain' };
}

/** Calls the URLs of an upload's callback until one answers 200. Source: spec/objects.md §12. */
import { isPublicAddress } from '../../platform/outbound/addresses.ts';
import {
  type OutboundAnswer,
  OutboundError,
  type OutboundFailure,
  type OutboundPost,
  post,
} from '../../platform/outbound/post.ts';
import type { CallbackSettings } from './admit.ts';
import type { Callback } from './decode.ts';
import { renderTemplate, type UploadVariables } from './template.ts';

export interface CallbackDependencies {
  readonly post: (wanted: OutboundPost) => Promise<OutboundAnswer>;
}

export type CallbackResult =
  /** What the callback server said: the answer to the upload. */
  | { readonly status: 200; readonly body: Buffer; readonly contentType: string | undefined }
  | { readonly status: 203; readonly code: 'CallbackFailed'; readonly message: string };

/** bytes; a larger answer counts as failed */
export const MOST_ANSWER_BYTES = 1024 * 1024;

const CONTENT_TYPES = { form: 'application/x-www-form-urlencoded', json: 'application/json' } as const;
const REASONS: Readonly<Record<OutboundFailure, string>> = {
  timeout: 'no answer in time',
  'unknown-host': 'the host name is unknown',
  'forbidden-address': 'its address is not public',
  unreachable: 'it could not be reached or broke off',
  'answer-too-large': 'the answer is too large',
  redirects: 'it sends on too often',
  aborted: 'it was given up',
};

/**
 * Called once the object is stored; takes at most `timeoutMs` for each URL. Never throws.
 * @param callback one that `admitCallback` let pass
 */
export async function sendCallback(
  settings: CallbackSettings,
  callback: Callback,
  variables: UploadVariables,
  { post: send }: CallbackDependencies = { post },
): Promise<CallbackResult> {
  const { body, bodyType, hostHeader } = callback;
  const rendered = Buffer.from(renderTemplate(body, variables, callback.variables, bodyType));
  let failure = 'callbackUrl is missing';
  for (const url of callback.urls) {
    const said = await attempt(() =>
      send({
        url,
        hostHeader,
        contentType: CONTENT_TYPES[bodyType],
        body: rendered,
        timeoutMs: settings.timeoutMs,
        maxAnswerBytes: MOST_ANSWER_BYTES,
        mayConnect: (address) => settings.privateAddresses || isPublicAddress(address),
      }),
    );
    if (typeof said !== 'string') return { status: 200, body: said.body, contentType: said.contentType };
    failure = `${url.host}: ${said}`;
  }
  return { status: 203, code: 'CallbackFailed', message: `Callback failed. ${failure}.` };
}

/** The answer, when it is a good one, or why there is none. */
async function attempt(send: () => Promise<OutboundAnswer>): Promise<OutboundAnswer | string> {
  try {
    const answer = await send();
    return answer.status === 200 ? answer : `it answered ${answer.status}`;
  } catch (error) {
    return error instanceof OutboundError ? REASONS[error.reason] : 'the request failed';
  }
}

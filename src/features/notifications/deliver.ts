/** One delivery: the event as JSON, signed, to the address of the rule. */
import { createHmac } from 'node:crypto';
import type { Services } from '../../model/services.ts';
import { isPublicAddress } from '../../platform/outbound/addresses.ts';
import {
  type OutboundAnswer,
  OutboundError,
  type OutboundFailure,
  type OutboundPost,
} from '../../platform/outbound/post.ts';
import { eventBody, type NotedEvent } from './event.ts';
import type { NotificationRule } from './rules.ts';

export type Post = (wanted: OutboundPost) => Promise<OutboundAnswer>;

/** Of an answer, bytes: nothing in it is read. */
const MOST_ANSWER_BYTES = 64 * 1024;
const REASONS: Readonly<Record<OutboundFailure, string>> = {
  timeout: 'no answer in time',
  'unknown-host': 'the host name is unknown',
  'forbidden-address': 'its address is not public',
  unreachable: 'it could not be reached or broke off',
  'answer-too-large': 'the answer is too large',
  redirects: 'it sends on',
  aborted: 'the server is closing',
};

/**
 * `t=<Unix seconds>,v1=<hex>`: HMAC-SHA-256 by the secret of the rule over `<Unix seconds>.<body>`. With the time in it,
 * a receiver can refuse what somebody recorded and sends again.
 */
export function signatureOf(secret: Buffer, seconds: number, body: string): string {
  return `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`;
}

/** @returns undefined once the receiver has it, else why not. Never throws. */
export async function deliver(
  services: Services,
  post: Post,
  rule: NotificationRule,
  secret: Buffer,
  event: NotedEvent,
  number: number,
): Promise<string | undefined> {
  const { privateAddresses, timeoutMs } = services.settings.callbacks;
  const body = eventBody(event, number);
  const seconds = Math.floor(services.clock.nowMs() / 1_000);
  try {
    const { status } = await post({
      url: new URL(rule.url),
      contentType: 'application/json',
      headers: [
        ...['X-Cosette-Event-Id', String(number)],
        ...['X-Cosette-Signature', signatureOf(secret, seconds, body)],
      ],
      body: Buffer.from(body),
      timeoutMs,
      maxAnswerBytes: MOST_ANSWER_BYTES,
      mayConnect: (address) => privateAddresses || isPublicAddress(address),
    });
    return status >= 200 && status < 300 ? undefined : `it answered ${status}`;
  } catch (error) {
    return error instanceof OutboundError ? REASONS[error.reason] : 'the request failed';
  }
}

/** What one check costs (DESIGN §7.7). The printed figure is the measurement; the bound only catches a change of kind. */
import { expect, it } from 'vitest';
import { accessKey, HOST, NOW_S, OURS, requestView, ringOf } from '../../../test/support/signed-request.ts';
import { authorization } from './sign.ts';
import { type SignedRequestView, verifyRequest } from './verify.ts';

const REQUESTS = 1_000;
const ROUNDS = 20;

/** µs per check, best of the rounds. */
function measure(requests: readonly SignedRequestView[]): number {
  const ring = ringOf(accessKey(OURS));
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    for (const request of requests) verifyRequest(request, ring, NOW_S * 1000);
    best = Math.min(best, ((performance.now() - start) * 1000) / requests.length);
  }
  return best;
}

it('a typical PUT is checked within microseconds', () => {
  const host = `${HOST}:9000`;
  const signed = { 'Content-Length': '4096', 'Content-MD5': 'UfRZzlI9V4cclKIy1UsodQ==', 'x-cos-acl': 'private' };
  const requests = Array.from({ length: REQUESTS }, (_, at) => {
    const path = `/folder/object-${at}.bin`;
    const headers = Object.entries({ ...signed, Host: host });
    const text = authorization({ ...OURS, method: 'PUT', path, headers, from: NOW_S - 1, to: NOW_S + 899 });
    return requestView({ method: 'PUT', target: path, host, headers: { ...signed, Authorization: text } });
  });
  const cost = measure(requests);
  console.info(`signature check: ${cost.toFixed(1)} µs`);
  expect(cost).toBeLessThan(100);
});

/** What one check costs. The printed figure is the measurement; the bound only catches a change of kind. */
import { expect, it } from 'vitest';
import { parseQuery } from '../../http/query.ts';
import { authenticateS3 } from './authenticate.ts';
import { addressFor, type Headers, PUBLISHED, PUBLISHED_MS, RING, signV4, v2Signature, wireOf } from './fixture.ts';

const REQUESTS = 1_000;
const ROUNDS = 20;
const NONE = parseQuery('');

/** µs per check, best of the rounds. */
function measure(wires: readonly ReturnType<typeof wireOf>[]): number {
  const requests = wires.map((wire) => ({ wire, address: addressFor(wire) }));
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    for (const { wire, address } of requests) authenticateS3(wire, address, NONE, RING, PUBLISHED_MS);
    best = Math.min(best, ((performance.now() - start) * 1000) / requests.length);
  }
  return best;
}

it('a typical PUT is checked within microseconds', () => {
  const headers: Headers = [
    ['Content-Length', '4096'],
    ['Content-MD5', 'UfRZzlI9V4cclKIy1UsodQ=='],
    ['x-amz-acl', 'private'],
  ];
  const v4 = Array.from({ length: REQUESTS }, (_, at) =>
    wireOf(signV4({ method: 'PUT', target: `/folder/object-${at}.bin`, headers })),
  );
  const v4Cost = measure(v4);
  const date = 'Fri, 24 May 2013 00:00:00 GMT';
  const v2 = Array.from({ length: REQUESTS }, (_, at) => {
    const text = `PUT\n\n\n${date}\n/examplebucket/folder/object-${at}.bin`;
    const authorization = `AWS ${PUBLISHED.secretId}:${v2Signature(PUBLISHED.secretKey, text)}`;
    const target = `/folder/object-${at}.bin`;
    return wireOf({
      method: 'PUT',
      target,
      headers: [
        ['Date', date],
        ['Authorization', authorization],
      ],
    });
  });
  const v2Cost = measure(v2);
  console.info(`signature check: Version 4 ${v4Cost.toFixed(1)} µs, Version 2 ${v2Cost.toFixed(1)} µs`);
  expect(v4Cost).toBeLessThan(300);
  expect(v2Cost).toBeLessThan(300);
});

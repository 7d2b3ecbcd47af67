/** OPTIONS Object (CORS preflight), of buckets too. Source: spec/objects.md §8.9, spec/buckets.md §11. */
import { CosError } from '../errors/cos-error.ts';
import { bucketCors } from '../features/cors/bucket-cors.ts';
import type { CorsAllowance } from '../features/cors/match.ts';
import { bucketOperation } from './operation.ts';

/** What a browser is about to send. */
export interface OptionsObjectInput {
  readonly origin: string | undefined;
  readonly method: string | undefined;
  /** Names of headers. */
  readonly headers: readonly string[];
}

export const optionsObject = bucketOperation<OptionsObjectInput, CorsAllowance>({
  name: 'OptionsObject',
  level: 'object',
  method: 'OPTIONS',
  action: 'name/cos:OptionsObject',
  access: 'open',
  success: [200],
  errors: ['AccessForbidden'],
  spec: 'objects.md §8.9',
  async run({ services, bucket }, { origin, method, headers }) {
    const cors = await bucketCors(services, bucket);
    const allowance =
      origin === undefined || method === undefined ? undefined : cors?.matcher.preflight(origin, method, headers);
    if (allowance === undefined) throw new CosError('AccessForbidden');
    return allowance;
  },
});

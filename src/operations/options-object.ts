/** OPTIONS Object (CORS preflight). Source: spec/objects.md §8.9, spec/buckets.md §11. */
import { CosError } from '../errors/cos-error.ts';
import { bucketOperation } from './operation.ts';

/** No bucket can hold CORS rules yet (PUT Bucket cors is not implemented), so no rule can ever match. */
export const optionsObject = bucketOperation<void, never>({
  name: 'OptionsObject',
  level: 'object',
  method: 'OPTIONS',
  action: 'name/cos:OptionsObject',
  access: 'open',
  success: [200],
  errors: ['AccessForbidden'],
  spec: 'objects.md §8.9',
  run: async () => {
    throw new CosError('AccessForbidden');
  },
});

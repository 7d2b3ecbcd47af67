/** Preflights. Source: spec/buckets.md §11: S3 answers 400 where COS answers 403. */
import * as native from '../../cos/codecs/cors.ts';
import { CosError } from '../../errors/cos-error.ts';
import { optionsObject } from '../../operations/options-object.ts';
import { over } from './over.ts';

export const optionsObjectCodec = over(optionsObject, native.optionsObjectCodec, {
  input(input) {
    if (input.origin === undefined) throw insufficient('Origin request header needed.');
    if (input.method === undefined) throw insufficient('Access-Control-Request-Method request header needed.');
    return {};
  },
});

function insufficient(what: string): CosError {
  return new CosError('InvalidRequest', { message: `Insufficient information. ${what}` });
}

/**
 * Preflights. S3 answers 400 where COS answers 403, and lists the headers that were asked for where COS lists those of
 * the rule. Source: spec/buckets.md §11.
 */
import * as native from '../../cos/codecs/cors.ts';
import { namesIn } from '../../cos/cors.ts';
import { CosError } from '../../errors/cos-error.ts';
import { optionsObject } from '../../operations/options-object.ts';
import { over } from './over.ts';

const ALLOWED = 'Access-Control-Allow-Headers';

export const optionsObjectCodec = over(optionsObject, native.optionsObjectCodec, {
  input(input) {
    if (input.origin === undefined) throw insufficient('Origin request header needed.');
    if (input.method === undefined) throw insufficient('Access-Control-Request-Method request header needed.');
    return {};
  },
  reply(reply, { headers }, { wire }) {
    if (headers === '') return reply;
    const at = reply.headers.indexOf(ALLOWED);
    const names = namesIn((wire.header('access-control-request-headers') ?? '').toLowerCase());
    if (names.length === 0) reply.headers.splice(at, 2);
    else reply.headers[at + 1] = names.join(', ');
    return reply;
  },
});

function insufficient(what: string): CosError {
  return new CosError('InvalidRequest', { message: `Insufficient information. ${what}` });
}

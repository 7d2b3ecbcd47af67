/** A request to the token service in the form of AWS: parameters in a form or in the query. */
import { CosError } from '../../errors/cos-error.ts';
import { parseQuery, type QueryParams } from '../../http/query.ts';
import type { WireRequest } from '../../http/types.ts';
import { isForm } from '../../sts/call.ts';
import { StsError } from '../../sts/errors.ts';
import { type Parameters, parseForm } from '../../sts/parameters.ts';
import { AwsStsError } from './errors.ts';

export interface AwsCall {
  readonly query: QueryParams;
  /** As sent: that is what is signed. */
  readonly body: Buffer;
  /** Without those of the signature. */
  readonly parameters: Parameters;
}

/** bytes: as of the service in its other form */
const MAX_BODY = 256 * 1024;

/** @throws AwsStsError InvalidQueryParameter, RequestEntityTooLarge */
export async function readAwsCall(wire: WireRequest): Promise<AwsCall> {
  if (wire.method !== 'GET' && wire.method !== 'POST') throw malformed('The service is asked with POST or GET.');
  const body = await readBody(wire);
  const query = readQuery(wire.rawQuery);
  const parameters = new Map<string, string>();
  query.names.forEach((name, at) => {
    if (!name.toLowerCase().startsWith('x-amz-')) add(parameters, name, query.values[at]!);
  });
  if (wire.method === 'POST' && isForm(wire)) {
    for (const [name, value] of readForm(`${body}`)) add(parameters, name, value);
  }
  return { query, body, parameters };
}

function add(parameters: Map<string, string>, name: string, value: string): void {
  if (parameters.has(name)) throw malformed('A parameter is given twice.');
  parameters.set(name, value);
}

function readQuery(rawQuery: string): QueryParams {
  try {
    return parseQuery(rawQuery);
  } catch (error) {
    if (error instanceof CosError) throw malformed('The query is not well-formed.');
    throw error;
  }
}

function readForm(text: string): Parameters {
  try {
    return parseForm(text);
  } catch (error) {
    if (error instanceof StsError) throw malformed(error.message);
    throw error;
  }
}

async function readBody(wire: WireRequest): Promise<Buffer> {
  try {
    return await wire.body.readAll(MAX_BODY);
  } catch (error) {
    if (!(error instanceof CosError)) throw error;
    if (error.code === 'EntityTooLarge') {
      throw new AwsStsError('RequestEntityTooLarge', `The body has more than ${MAX_BODY} bytes.`, true);
    }
    throw new AwsStsError('InvalidQueryParameter', 'The request body did not arrive.', error.details.close === true);
  }
}

function malformed(message: string): AwsStsError {
  return new AwsStsError('InvalidQueryParameter', message);
}

/** The body of a request for a fetch task. Source: spec/buckets.md §30. */
import { CosError } from '../errors/cos-error.ts';
import { admitCallback } from '../features/callback/admit.ts';
import type { NewTask } from '../features/fetch-tasks/desk.ts';
import type { WireRequest } from '../http/types.ts';
import type { Services } from '../model/services.ts';

const MAX_BODY = 32 * 1024;
const MAX_URL = 8 * 1024;
const HEX_MD5 = /^[0-9a-f]{32}$/i;
const BASE64_MD5 = /^[A-Za-z0-9+/]{22}==$/;
const FIELDS = ['Url', 'Key', 'MD5', 'IgnoreSameKey', 'OnKeyExist', 'SuccessCallbackUrl', 'FailureCallbackUrl'];

/** @throws CosError InvalidArgument, EntityTooLarge; NotImplemented and AccessDenied for callbacks that are not allowed */
export async function decodeTask(wire: WireRequest, services: Services): Promise<NewTask> {
  const body = await wire.body.readAll(MAX_BODY, new CosError('EntityTooLarge', { close: true }));
  const fields = fieldsOf(body);
  const key = text(fields, 'Key')?.replace(/^\//, '');
  const url = text(fields, 'Url');
  if (key === undefined || key === '') throw invalid('Key is missing.');
  if (url === undefined) throw invalid('Url is missing.');
  return {
    url: webAddress(url, 'Url').href,
    key,
    md5: decodeMd5(text(fields, 'MD5')),
    keep: keepsExisting(fields),
    successUrl: callbackUrl(text(fields, 'SuccessCallbackUrl'), services),
    failureUrl: callbackUrl(text(fields, 'FailureCallbackUrl'), services),
  };
}

function fieldsOf(body: Buffer): ReadonlyMap<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch {
    throw invalid('The body is not valid JSON.');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid('The body is no JSON object.');
  const fields = new Map(Object.entries(value));
  const unknown = [...fields.keys()].find((name) => !FIELDS.includes(name));
  // What would be ignored is refused.
  if (unknown !== undefined) throw invalid(`There is no field ${unknown.slice(0, 80)}.`);
  return fields;
}

function text(fields: ReadonlyMap<string, unknown>, name: string): string | undefined {
  const value = fields.get(name) ?? undefined;
  if (value === undefined || value === '') return undefined;
  if (typeof value !== 'string') throw invalid(`${name} must be a text.`);
  return value;
}

/** `OnKeyExist` says what happens; where it is not given, `IgnoreSameKey` does. By default the new object wins. */
function keepsExisting(fields: ReadonlyMap<string, unknown>): boolean {
  const onKeyExist = text(fields, 'OnKeyExist');
  const ignore = fields.get('IgnoreSameKey') ?? false;
  if (typeof ignore !== 'boolean') throw invalid('IgnoreSameKey must be true or false.');
  if (onKeyExist === undefined) return ignore;
  if (onKeyExist !== 'ignore' && onKeyExist !== 'override') throw invalid('OnKeyExist must be ignore or override.');
  return onKeyExist === 'ignore';
}

/** Clients may encode the whole of it. */
function webAddress(given: string, name: string): URL {
  try {
    const whole = /^https?%3a/i.test(given) ? decodeURIComponent(given) : given;
    const url = new URL(whole);
    const isWeb = url.protocol === 'http:' || url.protocol === 'https:';
    if (isWeb && whole.length <= MAX_URL && url.username === '' && url.password === '') return url;
  } catch {
    // Said below.
  }
  throw invalid(`${name} is no web address.`);
}

function callbackUrl(given: string | undefined, { settings }: Services): string | undefined {
  if (given === undefined) return undefined;
  const url = webAddress(given, 'The callback');
  admitCallback({ urls: [url], hostHeader: undefined }, settings.callbacks);
  return url.href;
}

function decodeMd5(value: string | undefined): Buffer | undefined {
  if (value === undefined) return undefined;
  if (HEX_MD5.test(value)) return Buffer.from(value, 'hex');
  if (BASE64_MD5.test(value)) return Buffer.from(value, 'base64');
  throw invalid('MD5 must be 32 hex digits.');
}

function invalid(message: string): CosError {
  return new CosError('InvalidArgument', { message });
}

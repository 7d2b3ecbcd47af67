/** Answers of buckets whose objects ask for faults by their names: spec of the names in features/faults. */
import { CosError } from '../errors/cos-error.ts';
import { type FaultAnswer, faultOf } from '../features/faults/name-profile.ts';
import type { FaultRules } from '../features/faults/rules.ts';
import type { WireReply, WireRequest } from '../http/types.ts';
import type { AccessNote } from './access-note.ts';
import type { Address } from './request.ts';

export interface FaultSettings {
  /** Full names; they need not exist. */
  readonly buckets: readonly string[];
  /** How long a late answer is held back, ms. */
  readonly lateMs: number;
  /** How long a client may wait for nothing, ms. */
  readonly silenceMs: number;
  /** Rules that come and go while the server runs. Default: there are none. */
  readonly rules?: FaultRules | undefined;
  /** Requests may ask for faults by a header. Default: not. */
  readonly header?: boolean;
}

/** What an SDK sends with every try after the first. */
const REPEATED = 'x-cos-sdk-retry';
/** What a redirect leads to: an object of the same bucket that is well. */
const WELL = '200r';
const NAME = 'FaultProfile';
/** In the logs, for buckets of the setting. */
const SETTING_ID = 'name-profile';

export class FaultProfile {
  readonly #settings: FaultSettings;
  readonly #buckets: ReadonlySet<string>;
  readonly #maxBody: number;

  /**
   * @param maxBody longest body that is taken in, bytes
   * @returns undefined where no bucket can be of the profile
   */
  static of(settings: FaultSettings | undefined, maxBody: number): FaultProfile | undefined {
    if (settings === undefined || (settings.buckets.length === 0 && settings.rules === undefined)) return undefined;
    return new FaultProfile(settings, maxBody);
  }

  private constructor(settings: FaultSettings, maxBody: number) {
    this.#settings = settings;
    this.#buckets = new Set(settings.buckets);
    this.#maxBody = maxBody;
  }

  /**
   * Nobody has to sign: suites of other accounts ask for it.
   * @param renderError the error document of this dialect
   * @returns undefined where the request is none of the profile's
   * @throws CosError of the body
   */
  answer(
    wire: WireRequest,
    { bucket, key, decodedPath }: Address,
    note: AccessNote,
    renderError: (error: CosError) => WireReply,
  ): Promise<WireReply> | undefined {
    if (key === '' || wire.method === 'OPTIONS') return undefined;
    const { rules } = this.#settings;
    const name = bucket!.full;
    const id = this.#buckets.has(name) ? SETTING_ID : rules?.nameProfileOf(name);
    if (id === undefined) return undefined;
    const fault = faultOf(key, wire.header(REPEATED) === 'true');
    if (fault === undefined) return undefined;
    rules?.countNameProfile(name);
    note.fault = { ids: id };
    switch (fault.kind) {
      case 'reset':
        return Promise.resolve({ status: NO_ANSWER, headers: [], reset: true });
      case 'silence':
        return this.#afterBody(wire, {
          status: NO_ANSWER,
          headers: [],
          reset: true,
          delayMs: this.#settings.silenceMs,
        });
      default: {
        const place = `${decodedPath.slice(0, decodedPath.length - key.length)}${WELL}`;
        const reply = toReply(fault, wire.method, key, place, renderError);
        return this.#afterBody(wire, fault.late ? { ...reply, delayMs: this.#settings.lateMs } : reply);
      }
    }
  }

  /** The service reads a body before it answers; an early answer would be another fault than the one asked for. */
  async #afterBody(wire: WireRequest, reply: WireReply): Promise<WireReply> {
    if (wire.body.length !== 0) for await (const _ of wire.body.chunks(this.#maxBody));
    return reply;
  }
}

/** In the access log, where no status went out. */
const NO_ANSWER = 0;

function toReply(
  fault: FaultAnswer,
  method: string,
  key: string,
  place: string,
  renderError: (error: CosError) => WireReply,
): WireReply {
  const { status, code } = fault;
  const requestId = fault.requestId ? {} : { requestId: false as const };
  if (code !== undefined) return { ...renderError(new CosError(code)), status };
  if (fault.redirect) return { status, headers: ['Location', place], ...requestId };
  if (status > 299 || status === 204 || (method !== 'GET' && method !== 'HEAD')) {
    return { status, headers: [], ...requestId };
  }
  const body = `${NAME}: ${key}\n`;
  const headers = ['Content-Type', 'text/plain'];
  if (status === 206) headers.push('Content-Range', `bytes 0-${body.length - 1}/${body.length}`);
  return { status, headers, body, ...requestId };
}

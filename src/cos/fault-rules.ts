/**
 * Fault rules at work: what a request meets before its operation, and what becomes of the answer. The answer itself
 * never says that it is one of a rule; the logs do.
 */
import type { Identity } from '../access/identity.ts';
import { CosError } from '../errors/cos-error.ts';
import { FaultRuleError } from '../features/faults/rule.ts';
import { FaultRules, type FiredFault, kindOf } from '../features/faults/rules.ts';
import { effectsOf, wordsOf } from '../features/faults/words.ts';
import { pacedChunks } from '../http/pacer.ts';
import type { WireRequest } from '../http/types.ts';
import type { Services } from '../model/services.ts';
import { OPERATIONS } from '../operations/registry.ts';
import type { Clock } from '../platform/clock.ts';
import type { AccessNote } from './access-note.ts';
import type { FaultSettings } from './faults.ts';
import type { Address } from './request.ts';

/** What a request met, folded from its rules. */
export interface FaultNote {
  /** Of the rules, for the logs; '' where there is none. */
  readonly ids: string;
  /** An error instead of the answer. */
  readonly error?: CosError;
  /** An operation that was not carried out: the error, or the reset, came before. */
  readonly refused?: boolean;
  readonly reset?: boolean;
  readonly delayMs?: number;
  /** bytes a second */
  readonly bandwidth?: number;
  /** bytes */
  readonly truncateAfter?: number;
  readonly wrongCrc?: boolean;
  /** ms */
  readonly staleList?: number;
}

/** For one request; where the server was started with `faults.header`. */
const HEADER = 'x-cosette-fault';
const HEADER_ID = 'header';
const NOTHING: FaultNote = { ids: '' };

/** Rules for the operations of this dialect. */
export function createFaultRules(clock: Clock): FaultRules {
  return new FaultRules(new Set(OPERATIONS.map(({ name }) => name)), () => clock.monotonicMs());
}

export class FaultDesk {
  readonly #rules: FaultRules | undefined;
  readonly #header: boolean;

  private constructor(rules: FaultRules | undefined, header: boolean) {
    this.#rules = rules;
    this.#header = header;
  }

  /** @returns undefined where the server was not started for it */
  static of(settings: FaultSettings | undefined): FaultDesk | undefined {
    const { rules, header = false } = settings ?? {};
    return rules === undefined && !header ? undefined : new FaultDesk(rules, header);
  }

  /**
   * Asks the rules, once a request, as soon as its operation is known.
   * @throws CosError for a fault that comes before the operation; `disturbed` makes a reset of it where it is one
   */
  ask(wire: WireRequest, note: AccessNote, address: Address, identity: Identity): void {
    // A website reads several objects for one request.
    if (note.fault !== undefined) return;
    const fired = this.#header ? this.#fromHeader(wire) : [];
    const kinds = new Set(fired.map(({ effect }) => kindOf(effect)));
    if (this.#rules !== undefined) {
      const signer = identity.kind === 'anonymous' ? undefined : identity;
      const found = this.#rules.fire({
        operation: note.operation!,
        preflight: wire.method === 'OPTIONS',
        bucket: address.bucket?.full,
        key: address.key,
        secretId: signer?.secretId,
        uin: signer?.uin,
        header: (name) => wire.header(name),
      });
      for (const one of found) if (!kinds.has(kindOf(one.effect))) fired.push(one);
    }
    const fault = fired.length === 0 ? NOTHING : folded(fired);
    note.fault = fault;
    if (fault.refused === true) throw fault.error;
  }

  /** What an operation works on: listings may look into the past. */
  services(services: Services, { fault }: AccessNote): Services {
    const { staleList } = fault ?? NOTHING;
    if (staleList === undefined || this.#rules === undefined) return services;
    const { store } = services;
    return { ...services, store: { ...store, meta: this.#rules.journal.asOf(store.meta, staleList) } };
  }

  /** @throws CosError InvalidArgument */
  #fromHeader(wire: WireRequest): FiredFault[] {
    const text = wire.header(HEADER);
    if (text === undefined) return [];
    try {
      const effects = effectsOf(wordsOf(text));
      if (effects.some((effect) => 'staleList' in effect)) {
        throw new FaultRuleError('stale-list: is for rules, since changes are written down only while there is one');
      }
      if (new Set(effects.map(kindOf)).size < effects.length)
        throw new FaultRuleError('error and reset exclude each other');
      return effects.map((effect) => ({ id: HEADER_ID, effect }));
    } catch (error) {
      if (!(error instanceof FaultRuleError)) throw error;
      throw new CosError('InvalidArgument', { message: `The header ${HEADER} cannot be read: ${error.message}` });
    }
  }
}

/** The request as an operation sees it: a slow line is slow in both directions. */
export function slowed(wire: WireRequest, { fault }: AccessNote): WireRequest {
  if (fault?.bandwidth === undefined) return wire;
  const body = pacedChunks(wire.body, fault.bandwidth * 8);
  if (wire.withBody !== undefined) return wire.withBody(body);
  return {
    method: wire.method,
    rawTarget: wire.rawTarget,
    rawPath: wire.rawPath,
    rawQuery: wire.rawQuery,
    host: wire.host,
    rawHeaders: wire.rawHeaders,
    header: (name) => wire.header(name),
    body,
    secure: wire.secure,
    tlsVersion: wire.tlsVersion,
    remoteAddress: wire.remoteAddress,
    requestId: wire.requestId,
    receivedAtMs: wire.receivedAtMs,
    note: wire.note,
  };
}

function folded(fired: readonly FiredFault[]): FaultNote {
  let note: FaultNote = { ids: [...new Set(fired.map(({ id }) => id))].join(',') };
  for (const { effect } of fired) {
    if ('error' in effect) {
      const { error: code, status, at = 'before' } = effect;
      note = { ...note, error: new CosError(code, status === undefined ? {} : { status }), refused: at === 'before' };
    } else if ('reset' in effect) {
      // Something has to keep the operation from being carried out; nobody sees it.
      const error = effect.reset === 'before' ? { error: new CosError('ServiceUnavailable'), refused: true } : {};
      note = { ...note, reset: true, ...error };
    } else note = { ...note, ...effect };
  }
  return note;
}

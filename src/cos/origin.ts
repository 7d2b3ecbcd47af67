/** What a reader gets of an object that is missing here and may be at an origin. Source: spec/buckets.md §18. */
import { CosError } from '../errors/cos-error.ts';
import { pullAndStore } from '../features/origin/keep.ts';
import {
  admitAnswer,
  askOrigin,
  isTapped,
  mirrorFailed,
  type OriginAnswer,
  type PullPlan,
  presentRecord,
  storeAnswer,
} from '../features/origin/pull.ts';
import { queuePull } from '../features/origin/queue.ts';
import { originBases, originPath, ruleFor } from '../features/origin/route.ts';
import { BUCKET_ORIGIN, type OriginRule } from '../features/origin/rules.ts';
import { Tap } from '../features/origin/tap.ts';
import type { QueryParams } from '../http/query.ts';
import { parseRangeSpec } from '../http/range.ts';
import type { WireReply, WireRequest } from '../http/types.ts';
import { bucketConfig } from '../model/bucket-configs.ts';
import type { BucketEntry } from '../model/buckets.ts';
import { contentRange, resolveRange } from '../model/range.ts';
import type { Services } from '../model/services.ts';
import { TOO_LATE, within } from '../platform/within.ts';
import { answerSource, bodyOfSource, cutSource, tapSource } from './origin-body.ts';
import { headersForOrigin, isLoop, originAttributes, passedHeaders, queryForOrigin } from './origin-headers.ts';

export interface Miss {
  readonly services: Services;
  readonly bucket: BucketEntry;
  /** GET or HEAD of an object. */
  readonly wire: WireRequest;
  readonly key: string;
  readonly query: QueryParams;
  /** Of the error that ended it. */
  readonly status: number;
  /** That error is that there is no object of that key. */
  readonly missing: boolean;
  /** The same request once more. */
  again(): Promise<WireReply>;
}

/** @returns undefined where the error is the answer @throws CosError MirrorFailed, SlowDown, InvalidRange … */
export async function backToSource(miss: Miss): Promise<WireReply | undefined> {
  const { services, bucket, wire, key, status } = miss;
  const configuration = await bucketConfig(services, bucket, BUCKET_ORIGIN);
  if (configuration === undefined || isLoop(wire, services.processId)) return undefined;
  const host = wire.host.replace(/:\d*$/, '').toLowerCase();
  const rule = ruleFor(configuration, { key, status, host });
  if (rule === undefined) return undefined;
  if (rule.type === 'Redirect') return sendOn(miss, rule);
  if (!miss.missing || wire.method !== 'GET') return undefined;
  const present = await presentRecord(services, bucket, key);
  // It came meanwhile; or it is a symlink to nothing, which is an object of its own.
  if (present !== undefined) return present.kind === 'symlink' ? undefined : miss.again();
  if (rule.type === 'Mirror') return mirror(miss, rule);
  if (rule.store) await queuePull(services, bucket, key, planOf(miss, rule));
  return sendOn(miss, rule);
}

function sendOn(miss: Miss, rule: OriginRule): WireReply {
  const { bases, path } = addressOf(miss, rule);
  return { status: rule.redirectCode, headers: ['Location', bases[0]! + path] };
}

function addressOf({ services, wire, key, query }: Miss, rule: OriginRule): Pick<PullPlan, 'bases' | 'path'> {
  const path = originPath(rule, key) + (rule.followQuery ? queryForOrigin(query) : '');
  return { bases: originBases(rule, wire.secure, services.random()), path };
}

function planOf(miss: Miss, rule: OriginRule): PullPlan {
  const { services, wire } = miss;
  const headers = headersForOrigin(rule, wire, services.processId);
  // The mark against loops, at the end, goes everywhere.
  const sentOn = rule.redirectHeaders ? headers : headers.slice(-2);
  return {
    ...addressOf(miss, rule),
    headers,
    redirects: rule.followRedirects ? { headers: sentOn, decode: rule.decodeRedirects } : undefined,
    standbyCodes: rule.standbyCodes,
  };
}

async function mirror(miss: Miss, rule: OriginRule): Promise<WireReply | undefined> {
  const { services, bucket, wire, key } = miss;
  const plan = planOf(miss, rule);
  if (wire.header('range') !== undefined) return part(miss, rule, plan);
  if (!rule.store) return pass(miss, rule, plan);
  const running = services.origin.flight(bucket.record.id, key);
  if (running === undefined) return lead(miss, rule, plan);
  const outcome = await within(running, services.settings.origin.waitMs);
  if (outcome === 'stored') return miss.again();
  if (outcome === 'absent') return undefined;
  return outcome === TOO_LATE || outcome === 'other' ? pass(miss, rule, plan) : undefined;
}

function takeSlot({ services }: Miss): () => void {
  const release = services.origin.slots.take();
  if (release === undefined) throw new CosError('SlowDown', { message: 'Too many pulls from origins run.' });
  return release;
}

/** Pulls the object for all who want it. The pull goes on to its end also when this reader goes. */
async function lead(miss: Miss, rule: OriginRule, plan: PullPlan): Promise<WireReply | undefined> {
  const { services, bucket, key } = miss;
  const release = takeSlot(miss);
  const attributesOf = originAttributes(services.limits.userMetaBytes);
  return new Promise((resolve, reject) => {
    let answered = false;
    const answer = (reply: WireReply | undefined): void => {
      answered = true;
      resolve(reply);
    };
    const flight = services.origin.fly(bucket.record.id, key, async () => {
      let slot: (() => void) | undefined = release;
      try {
        const got = await askOrigin(services, plan);
        if (got.status !== 200) {
          slot = undefined;
          answer(otherwise(rule, got, release));
          return got.status === 404 ? 'absent' : 'other';
        }
        const admitted = admitAnswer(services, bucket, key, got, attributesOf);
        if (!isTapped(services, got) || !isPlain(miss)) {
          await storeAnswer(services, bucket, key, got, admitted);
          return 'stored';
        }
        const tap = new Tap();
        const { contentType } = admitted.attributes.headers;
        answer({
          status: 200,
          headers: ['Content-Type', contentType, 'Accept-Ranges', 'bytes', ...passedHeaders(got, 'stored')],
          body: bodyOfSource(tapSource(tap), got.length),
        });
        await storeAnswer(services, bucket, key, got, admitted, tap);
        return 'stored';
      } finally {
        slot?.();
      }
    });
    flight.then((outcome) => {
      if (!answered) resolve(outcome === 'stored' ? miss.again() : undefined);
    }, reject);
  });
}

/** Whether the answer can be made before the object is there. */
function isPlain({ wire, query }: Miss): boolean {
  if (wire.header('x-cos-traffic-limit') !== undefined) return false;
  return !query.names.some((name) => /^(?:response-|x-cos-traffic-limit$|partnumber$)/i.test(name));
}

/** Only through: nothing is stored. */
async function pass(miss: Miss, rule: OriginRule, plan: PullPlan): Promise<WireReply | undefined> {
  const release = takeSlot(miss);
  const answer = await askOrigin(miss.services, plan).catch((error) => {
    release();
    throw error;
  });
  if (answer.status !== 200) return otherwise(rule, answer, release);
  return through(answer, release);
}

/** The part the client wants, and the whole for the store. */
async function part(miss: Miss, rule: OriginRule, plan: PullPlan): Promise<WireReply | undefined> {
  const { services, bucket, wire, key } = miss;
  const range = wire.header('range')!;
  const release = takeSlot(miss);
  const answer = await askOrigin(services, plan, ['Range', range]).catch((error) => {
    release();
    throw error;
  });
  if (answer.status !== 200 && answer.status !== 206) return otherwise(rule, answer, release);
  if (rule.store) void pullAndStore(services, bucket, key, plan, originAttributes(services.limits.userMetaBytes));
  const { length } = answer;
  const spec = parseRangeSpec(range);
  if (answer.status === 206 || length === undefined || spec === undefined) return through(answer, release);
  // An origin without ranges: what was asked for is cut out.
  const wanted = resolveRange(spec, length);
  if (wanted === undefined) {
    giveUp(answer, release);
    throw new CosError('InvalidRange', { facts: { objectSize: length } });
  }
  const headers = [...passedHeaders(answer, 'all'), 'Content-Range', contentRange(wanted, length)];
  return { status: 206, headers, body: bodyOfSource(cutSource(answerSource(answer, release), wanted), wanted.length) };
}

function through(answer: OriginAnswer, release: () => void): WireReply {
  const body = bodyOfSource(answerSource(answer, release), answer.length);
  return { status: answer.status, headers: passedHeaders(answer, 'all'), body };
}

function giveUp(answer: OriginAnswer, release: () => void): void {
  answer.cancel();
  release();
}

/** @returns undefined for a 404 @throws CosError MirrorFailed, InvalidRange */
function otherwise({ transparentErrors }: OriginRule, answer: OriginAnswer, release: () => void) {
  const { status } = answer;
  if (status >= 400 && status !== 404 && transparentErrors) return through(answer, release);
  giveUp(answer, release);
  if (status === 404) return undefined;
  if (status >= 300 && status < 400) return { status, headers: passedHeaders(answer, 'all') };
  if (status === 416) throw new CosError('InvalidRange');
  throw mirrorFailed(`it answered ${status}`);
}

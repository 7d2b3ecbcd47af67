/**
 * A visit of a website: which of the bucket's objects answer a GET or HEAD, and with which status. How an object is
 * read, and by whom it may be, is left to the ordinary operations. Source: spec/buckets.md §15.
 */
import { CosError } from '../../errors/cos-error.ts';
import { documentKey, replacedKey, ruleOfKey, ruleOfStatus } from '../../features/website/routes.ts';
import type { RoutingRule, WebsiteConfiguration } from '../../features/website/rules.ts';
import type { WireReply, WireRequest } from '../../http/types.ts';
import type { ResolvedError } from '../errors.ts';
import { errorHeaders, type PageFacts } from './pages.ts';
import { pathOf, redirect, release, ruleLocation, secureLocation } from './redirects.ts';

/** How an object is read: as the client asked, whole whatever it asked, or only looked at. */
export type ReadMode = 'asked' | 'whole' | 'look';

export interface Visit {
  readonly site: WebsiteConfiguration;
  readonly wire: WireRequest;
  /** As in the path, decoded. */
  readonly key: string;
  readonly facts: PageFacts;
  /** Of this server; undefined: the usual one. */
  readonly httpsPort: number | undefined;
  /** GET or HEAD of an object of the bucket. @throws CosError */
  read(key: string, mode: ReadMode): Promise<WireReply>;
  resolve(error: CosError): ResolvedError;
}

const MOVED = 'x-cos-website-redirect-location';

/** @throws CosError where the site has nothing of its own to say */
export async function visitSite(visit: Visit): Promise<WireReply> {
  const { site, wire, key, facts, httpsPort } = visit;
  if (site.redirectAll !== undefined && !wire.secure) return redirect(301, secureLocation(wire, httpsPort), facts);
  const rule = ruleOfKey(site, key);
  const wanted = rule === undefined ? key : replacedKey(rule, key);
  if (rule !== undefined && redirects(rule)) {
    return redirect(302, ruleLocation(wire, rule, wanted, httpsPort), facts);
  }
  try {
    return await moved(visit, await lookUp(visit, wanted));
  } catch (error) {
    if (!(error instanceof CosError)) throw error;
    return await failed(visit, wanted, error);
  }
}

function redirects({ urlRedirect }: RoutingRule): boolean {
  return urlRedirect !== 'Disabled';
}

async function lookUp(visit: Visit, wanted: string): Promise<WireReply> {
  const { site, wire, facts } = visit;
  const key = documentKey(site, wanted);
  try {
    return await visit.read(key, 'asked');
  } catch (error) {
    if (!isAbsent(error) || key !== wanted) throw error;
    if (site.autoAddressing === 'Enabled') {
      const page = await unlessAbsent(visit.read(`${key}.html`, 'asked'));
      if (page !== undefined) return page;
    }
    // Links inside the index of a folder count from the folder: its address has to end in a slash.
    const folder = key === visit.key ? await unlessAbsent(visit.read(`${key}/${site.index}`, 'look')) : undefined;
    if (folder === undefined) throw error;
    return redirect(302, pathOf(`${key}/`, wire.rawQuery), facts);
  }
}

function isAbsent(error: unknown): boolean {
  return error instanceof CosError && (error.code === 'NoSuchKey' || error.code === 'KeyTooLong');
}

async function unlessAbsent(reading: Promise<WireReply>): Promise<WireReply | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

/** An object may say that it has moved. */
async function moved({ facts }: Visit, reply: WireReply): Promise<WireReply> {
  const at = reply.headers.indexOf(MOVED);
  if (at < 0 || at % 2 !== 0 || reply.status > 299) return reply;
  await release(reply.body);
  return redirect(301, reply.headers[at + 1]!, facts);
}

/** Rules for errors, then the error document, then a page of ours. */
async function failed(visit: Visit, key: string, error: CosError): Promise<WireReply> {
  const { site, wire, facts, httpsPort } = visit;
  const resolved = visit.resolve(error);
  // A body that was left unread closes the connection: not a state for a long answer.
  if (resolved.status < 400 || resolved.status > 499 || error.details.close === true) throw error;
  const rule = ruleOfStatus(site, resolved.status);
  const target = rule === undefined ? undefined : replacedKey(rule, key);
  if (rule !== undefined && redirects(rule)) {
    return redirect(302, ruleLocation(wire, rule, target!, httpsPort), facts);
  }
  const { errorDocument } = site;
  const reply =
    (await instead(visit, target, resolved.status)) ??
    (await instead(visit, errorDocument?.key, errorDocument?.originalStatus === 'Disabled' ? 200 : resolved.status));
  if (reply === undefined) throw error;
  if (reply.status >= 400) reply.headers.push(...errorHeaders(resolved));
  return reply;
}

/** Another object in the place of the one that was asked for; undefined where it cannot be had either. */
async function instead(visit: Visit, key: string | undefined, status: number): Promise<WireReply | undefined> {
  if (key === undefined) return undefined;
  try {
    const reply = await visit.read(key, 'whole');
    return { ...reply, status };
  } catch (error) {
    if (error instanceof CosError && visit.resolve(error).status < 500) return undefined;
    throw error;
  }
}

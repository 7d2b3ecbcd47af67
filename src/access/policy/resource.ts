/** Resources that a statement covers. Source: spec/access.md §4.1, §10. */
import { ANONYMOUS, type Identity } from '../identity.ts';
import { compilePattern } from './pattern.ts';
import type { PolicyResource } from './types.ts';

export type ResourceTest = (resource: PolicyResource, identity: Identity) => boolean;

const FORM = /^qcs:[^:]*:([^:]*):([^:]*):([^:]*):(.*)$/s;
const LEGACY = /^prefix\/\/(\d+)\/([^/]+)(?:\/(.*))?$/s;
const LEGACY_IN_BUCKET = /^(([^/]+)-(\d+))\/\/\3\/\2\/(.*)$/s;

/**
 * Texts of another form cover nothing, which is no error.
 * @param ownerAppid of the account whose policy it is: meant where a resource names no account
 */
export function compileResources(sources: readonly string[], ownerAppid: string): ResourceTest {
  if (sources.includes('*')) return () => true;
  const tests = sources.flatMap((source) => compileResource(source, ownerAppid) ?? []);
  return (resource, identity) => tests.some((test) => test(resource, identity));
}

function compileResource(source: string, ownerAppid: string): ResourceTest | undefined {
  const [, service, region, account, path] = FORM.exec(source) ?? [];
  if (service === undefined || region === undefined || account === undefined || path === undefined) return undefined;
  if (!compilePattern(service)('cos', ANONYMOUS)) return undefined;
  const inRegion = compilePattern(region === '' ? '*' : region);
  const inAccount = compilePattern(account === '' ? `uid/${ownerAppid}` : account);
  const inPaths = spellings(path).map((spelling) => compilePattern(spelling));
  return (resource, identity) => {
    if (resource.bucket === undefined || !inRegion(resource.region ?? '', identity)) return false;
    const { accounts, paths } = targetsOf(resource);
    return (
      accounts.some((text) => inAccount(text, identity)) &&
      paths.some((text) => inPaths.some((inPath) => inPath(text, identity)))
    );
  };
}

interface Targets {
  readonly accounts: readonly string[];
  readonly paths: readonly string[];
}

/** One request is held against many resources. */
const made = new WeakMap<PolicyResource, Targets>();

/** Texts of which a resource must cover one. `<bucket>`, `<bucket>/` and `<bucket>/*` are all about the bucket itself. */
function targetsOf(resource: PolicyResource): Targets {
  const before = made.get(resource);
  if (before !== undefined) return before;
  const { appid, ownerUin, bucket = '', keys } = resource;
  const targets = {
    accounts: [`uid/${appid}`, `uin/${ownerUin}`],
    paths: keys.flatMap((key) => (key === '' ? [`${bucket}/`, bucket] : [`${bucket}/${key}`])),
  };
  made.set(resource, targets);
  return targets;
}

/** As `<bucket>/<key>`; the older forms name the bucket without its APPID, or twice. */
function spellings(path: string): readonly string[] {
  const [, appid, short, key] = LEGACY.exec(path) ?? [];
  if (short !== undefined) return [`${short}-${appid}/${key ?? (short.endsWith('*') ? '*' : '')}`];
  const [, bucket, , , rest] = LEGACY_IN_BUCKET.exec(path) ?? [];
  return bucket === undefined ? [path] : [path, `${bucket}/${rest}`];
}

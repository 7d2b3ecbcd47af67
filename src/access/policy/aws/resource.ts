/** Resources that a statement of an AWS policy covers: `arn:aws:s3:::bucket/key`. Source: spec/s3.md §9. */
import type { Identity } from '../../identity.ts';
import { PolicyError } from '../error.ts';
import type { PolicyResource } from '../types.ts';
import { compileGlob } from './glob.ts';
import { compileVariables } from './variables.ts';

const ARN = /^arn:aws[a-z-]*:s3:[^:]*:[^:]*:(.+)$/s;

/** @throws PolicyError for what is no ARN of S3 */
export function compileAwsResources(
  sources: readonly string[],
  where: string,
): (resource: PolicyResource, identity: Identity) => boolean {
  const tests = sources.map((source) => {
    if (source === '*') return () => true;
    const path = ARN.exec(source)?.[1];
    if (path === undefined) throw new PolicyError(`${where}: ${source.slice(0, 200)} is no resource of S3.`);
    const glob = compileVariables(path, compileGlob);
    return (text: string, identity: Identity) => glob(identity)?.(text) === true;
  });
  return (resource, identity) => {
    const texts = targetsOf(resource);
    return tests.some((test) => texts.some((text) => test(text, identity)));
  };
}

/** One request is held against many resources. */
const made = new WeakMap<PolicyResource, readonly string[]>();

/** `<bucket>` and `<bucket>/<key>`, by the name with APPID and by the one without. */
function targetsOf(resource: PolicyResource): readonly string[] {
  let known = made.get(resource);
  if (known === undefined) {
    const { bucket, appid, keys } = resource;
    const bare = bucket?.endsWith(`-${appid}`) === true ? bucket.slice(0, -appid.length - 1) : bucket;
    known =
      bucket === undefined
        ? []
        : [bucket, bare!].flatMap((name) => keys.map((key) => (key === '' ? name : `${name}/${key}`)));
    made.set(resource, known);
  }
  return known;
}

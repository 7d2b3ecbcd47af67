/** Resources that a statement of an AWS policy covers: `arn:aws:s3:::bucket/key`. Source: spec/s3.md §9. */
import { PolicyError } from '../error.ts';
import type { PolicyRequest, PolicyResource } from '../types.ts';
import { compileGlob } from './glob.ts';
import { globOf, type Language, parseTemplate, type Template } from './template.ts';

const ARN = /^arn:aws[a-z-]*:s3:[^:]*:[^:]*:(.+)$/s;

export interface ResourceRules {
  /** Names of the bucket whose policy it is: a statement about another one is refused. */
  readonly bucketNames?: readonly string[] | undefined;
  /** Whether resources of other services are none, rather than errors. */
  readonly otherServices: boolean;
  readonly language: Language;
}

/** @throws PolicyError for what is no ARN of S3, or of another bucket */
export function compileAwsResources(
  sources: readonly string[],
  { bucketNames, otherServices, language }: ResourceRules,
  where: string,
): (request: PolicyRequest) => boolean {
  const tests = sources.flatMap((source) => {
    if (source === '*') return () => true;
    const path = ARN.exec(source)?.[1];
    if (path === undefined) {
      if (otherServices) return [];
      throw new PolicyError(`${where}: ${source.slice(0, 200)} is no resource of S3.`);
    }
    const template = parseTemplate(path, true, language, where);
    if (bucketNames !== undefined && !mayBeOf(template, bucketNames)) {
      throw new PolicyError(`${where}: ${source.slice(0, 200)} is not of this bucket.`);
    }
    const glob = globOf(template);
    return (text: string, request: PolicyRequest) => glob(request)?.(text) === true;
  });
  return (request) => {
    const texts = targetsOf(request.resource);
    return tests.some((test) => texts.some((text) => test(text, request)));
  };
}

/** Whether the part in front of the first `/` can be one of the names. What stands in a variable is not known. */
function mayBeOf(template: Template, names: readonly string[]): boolean {
  const slash = template.indexOf('/');
  const label = slash < 0 ? template : template.slice(0, slash);
  if (label.some((part) => typeof part === 'object')) return true;
  return names.some(compileGlob(label as readonly string[]));
}

/** `name-APPID`, and the name alone. */
export function bucketNamesOf(bucket: string, appid: string): readonly string[] {
  return bucket.endsWith(`-${appid}`) ? [bucket, bucket.slice(0, -appid.length - 1)] : [bucket];
}

/** One request is held against many resources. */
const made = new WeakMap<PolicyResource, readonly string[]>();

/** `<bucket>` and `<bucket>/<key>` by all names of the bucket. A listing is about its bucket, whatever its prefix. */
function targetsOf(resource: PolicyResource): readonly string[] {
  let known = made.get(resource);
  if (known === undefined) {
    const { bucket, appid, keys } = resource;
    if (bucket === undefined) known = ['*'];
    else {
      const names = bucketNamesOf(bucket, appid);
      known = keys.includes('') ? names : names.flatMap((name) => keys.map((key) => `${name}/${key}`));
    }
    made.set(resource, known);
  }
  return known;
}

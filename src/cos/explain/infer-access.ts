/** Why somebody may not do something, and what would let them. */
import { OPERATIONS } from '../../operations/registry.ts';
import type { Finding } from './finding.ts';
import type { RefusedRequest } from './refused-request.ts';

export interface Decision {
  readonly rule: string | undefined;
  /** In policies, with prefix. */
  readonly actions: readonly string[];
  /** As policies name it. */
  readonly resource: string;
  /** As policies of buckets name whoever asks. */
  readonly principal: string;
}

export function decisionOf(request: RefusedRequest, defaultRegion: string): Decision {
  const { operation, bucket, key = '', host, identity } = request;
  const actions = OPERATIONS.find(({ name }) => name === operation)?.actions ?? [];
  const region = /\.cos\.([a-z0-9-]+)\./i.exec(host)?.[1] ?? defaultRegion;
  const appid = bucket === undefined ? (identity?.appid ?? '') : bucket.slice(bucket.lastIndexOf('-') + 1);
  const path = bucket === undefined ? '*' : `${bucket}/${key}`;
  return {
    rule: request.rule,
    actions: actions.map((action) => `name/cos:${action}`),
    resource: `qcs::cos:${region}:uid/${appid}:${path}`,
    principal: principalOf(identity),
  };
}

export function inferAccess(request: RefusedRequest, decision: Decision): Finding[] {
  const { rule, actions, resource, principal } = decision;
  const found: Finding[] = [];
  if (rule !== undefined)
    found.push({ certainty: 'fact', what: `Decided by: ${rule}.`, advice: 'See below for what an allow needs.' });
  if (actions.length === 0) return found;
  const { identity } = request;
  const asked = `${actions.join(' or ')} on ${resource}`;
  const denied = rule !== undefined && /\bden(?:y|ies|ied)\b/i.test(rule);
  const who =
    identity === undefined
      ? 'anybody (nobody signed)'
      : `${identity.kind} ${identity.uin} of account ${identity.ownerUin}`;
  found.push({
    certainty: 'hint',
    what: `Asked for: ${asked}, by ${who}.`,
    advice: denied
      ? 'An explicit deny wins over every allow: change the statement that denies.'
      : adviceFor(identity, asked, principal),
  });
  return found;
}

function adviceFor(identity: RefusedRequest['identity'], asked: string, principal: string): string {
  if (identity === undefined) return 'Sign the request, or open object or bucket by ACL or bucket policy.';
  if (identity.kind === 'root')
    return `Let the owner of the bucket allow ${asked} for ${principal} in the bucket policy, or grant by ACL.`;
  return `Attach a policy to the ${identity.kind} that allows ${asked}, or allow it for ${principal} in the bucket policy; a temporary key's own policy must allow it too.`;
}

function principalOf(identity: RefusedRequest['identity']): string {
  if (identity === undefined) return 'qcs::cam::anyone:anyone';
  const { kind, ownerUin, uin } = identity;
  return kind === 'role' ? `qcs::cam::uin/${ownerUin}:role/${uin}` : `qcs::cam::uin/${ownerUin}:uin/${uin}`;
}

/**
 * The ACL and the policy of a bucket among those that an account may have: each has a row beside those of objects
 * (acl-census.ts). Source: spec/errors.md rows PolicyFull and AttachmentFull.
 */
import type { Put } from '../store/meta-store.ts';
import { packGrantees } from './acl-census.ts';
import { aclKey } from './keys.ts';
import type { BucketRecord } from './records/bucket.ts';
import type { Services } from './services.ts';

/** Objects have keys that are not empty: no row of theirs is one of these. */
const STAMPS = { acl: 0, policy: 1 } as const;

export interface Attachment {
  readonly kind: keyof typeof STAMPS;
  /** Identities it names, once for each grant; undefined: the bucket shall have none. */
  readonly grantees: readonly string[] | undefined;
}

type Counted = Pick<BucketRecord, 'appid' | 'id'>;

function attachmentKey({ appid, id }: Counted, kind: Attachment['kind']): Buffer {
  return aclKey(appid, id, STAMPS[kind], '');
}

/** Rows that a bucket can have. */
export function attachmentKeys(record: Counted): Buffer[] {
  return [attachmentKey(record, 'acl'), attachmentKey(record, 'policy')];
}

export interface AttachmentDraft {
  readonly puts: readonly Put[];
  readonly deletes: readonly Buffer[];
  /** To be called once the commit has ended. */
  readonly settled?: (committed: boolean) => void;
}

/**
 * The last step of a plan whose commit checks the row of the bucket: every change of these rows rewrites it.
 * @throws CosError PolicyFull, AttachmentFull
 */
export async function draftAttachment(
  services: Services,
  record: Counted,
  { kind, grantees }: Attachment,
): Promise<AttachmentDraft> {
  const key = attachmentKey(record, kind);
  if (grantees === undefined) return { puts: [], deletes: [key] };
  const [before] = await services.store.meta.get([key]);
  const replaced = before === undefined ? [] : [key];
  const settled = await services.acls.admit(record.appid, { row: key, grantees, replaced });
  return { puts: [{ key, value: packGrantees(grantees) }], deletes: [], settled };
}

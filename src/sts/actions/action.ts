/** What an action is to the service. */

import type { Role } from '../../access/directory/types.ts';
import type { SignedIdentity } from '../../access/identity.ts';
import type { Identities, SessionTokens } from '../../access/sessions.ts';
import type { Parameters } from '../parameters.ts';

export interface StsDirectory extends Identities {
  /** @param arn `qcs::cam::uin/<owner>:roleName/<name>` or `…:role/<id>` */
  roleByArn(arn: string): Role | undefined;
}

export interface ActionContext {
  readonly caller: SignedIdentity;
  readonly parameters: Parameters;
  readonly directory: StsDirectory;
  readonly tokens: SessionTokens;
}

export interface Action {
  readonly name: string;
  /** Missing ones are reported before the signature is looked at. */
  readonly required: readonly string[];
  readonly optional: readonly string[];
  /** Members of `Response` besides RequestId. @throws StsError */
  run(context: ActionContext): Readonly<Record<string, unknown>>;
}

/** What an action of the token service is in the form of AWS. */
import type { SignedIdentity } from '../../../access/identity.ts';
import type { SessionTokens } from '../../../access/sessions.ts';
import type { StsDirectory } from '../../../sts/actions/action.ts';
import type { Parameters } from '../../../sts/parameters.ts';
import type { Elements } from '../document.ts';

export interface AwsStsDirectory extends StsDirectory {
  /** @param appid digits @returns its root's UIN, in digits */
  account(appid: string): { readonly uin: string } | undefined;
}

export interface AwsActionContext {
  readonly caller: SignedIdentity;
  readonly parameters: Parameters;
  readonly directory: AwsStsDirectory;
  readonly tokens: SessionTokens;
}

export interface AwsAction {
  readonly name: string;
  /** Parameters; others are refused, since one that is passed over may have been meant to narrow rights. */
  readonly takes: ReadonlySet<string>;
  /** @throws AwsStsError */
  run(context: AwsActionContext): Elements;
}

/** Identities that stand still, for tests of temporary keys. */
import type { Role } from '../directory/types.ts';
import type { AccessKey, SignedIdentity } from '../identity.ts';
import { memorySecrets } from '../secrets.ts';
import { type Identities, SessionTokens } from '../sessions.ts';

export const NOW_MS = 1_700_000_000_000;
export const APPID = '1250000000';
export const OWNER = '100000000001';
export const ROOT_ID = 'AKIDEXAMPLEexampleEXAMPLEexample0001';
export const ROOT_SECRET = 'exampleSecretKeyForCosSpec000001';
export const USER_ID = 'AKIDEXAMPLEexampleEXAMPLEexample0002';
export const USER_SECRET = 'exampleSecretKeyForCosSpec000002';
export const USER_UIN = '100000000011';
export const ROLE_ID = '4611686018427397919';
export const ROLE_ARN = `qcs::cam::uin/${OWNER}:roleName/uploader`;
export const POLICY = JSON.stringify({
  version: '2.0',
  statement: [
    {
      effect: 'allow',
      action: ['name/cos:PutObject'],
      resource: [`qcs::cos:ap-guangzhou:uid/${APPID}:demo-${APPID}/up/*`],
    },
  ],
});

const identity = (kind: SignedIdentity['kind'], uin: string, name: string): SignedIdentity => ({
  kind,
  appid: APPID,
  ownerUin: OWNER,
  uin,
  name,
  secretId: '',
  policies: [],
});

/** A root with a key, a sub-user with a key, a role that trusts both. Members may be changed by tests. */
export class StandingDirectory implements Identities {
  readonly identities = new Map([
    [OWNER, identity('root', OWNER, '')],
    [USER_UIN, identity('user', USER_UIN, 'worker')],
    [ROLE_ID, identity('role', ROLE_ID, 'uploader')],
  ]);
  readonly keys = new Map<string, { secretKey: string; uin: string; enabled: boolean }>([
    [ROOT_ID, { secretKey: ROOT_SECRET, uin: OWNER, enabled: true }],
    [USER_ID, { secretKey: USER_SECRET, uin: USER_UIN, enabled: true }],
  ]);
  role: Role = {
    ownerUin: OWNER,
    id: ROLE_ID,
    name: 'uploader',
    trust: [`qcs::cam::uin/${OWNER}:root`, `qcs::cam::uin/${OWNER}:uin/*`, `qcs::cam::uin/${OWNER}:roleName/uploader`],
    policies: [],
    maxSessionS: 43_200,
    createdMs: 0,
  };
  sessions: SessionTokens | undefined;

  find(secretId: string, token?: string): AccessKey | undefined {
    const key = this.keys.get(secretId);
    if (key === undefined) return token === undefined ? undefined : this.sessions?.open(secretId, token);
    const { secretKey, uin, enabled } = key;
    const owner = this.identities.get(uin);
    return owner && { secretId, secretKey, enabled, identity: { ...owner, secretId } };
  }

  identityOf(ownerUin: string, uin: string): SignedIdentity | undefined {
    return ownerUin === OWNER ? this.identities.get(uin) : undefined;
  }

  roleByArn(arn: string): Role | undefined {
    return arn === ROLE_ARN || arn === `qcs::cam::uin/${OWNER}:role/${ROLE_ID}` ? this.role : undefined;
  }
}

/** Tokens for a new such directory; `clock.ms` is the time. */
export function standingTokens(clock = { ms: NOW_MS }) {
  const directory = new StandingDirectory();
  const tokens = new SessionTokens({
    identities: directory,
    sealer: memorySecrets().sealer('session-tokens'),
    nowMs: () => clock.ms,
  });
  directory.sessions = tokens;
  return { directory, tokens, clock };
}

/** A directory on an empty store in memory, for tests. */
import { ManualClock } from '../../platform/clock.ts';
import { checked } from '../../store/checked.ts';
import { openMemoryStore } from '../../store/memory/index.ts';
import type { MetaStore } from '../../store/meta-store.ts';
import { memorySecrets, type Secrets } from '../secrets.ts';
import { Directory } from './directory.ts';

export const OPERATOR = {
  appid: '1250000000',
  uin: '100000000001',
  secretId: 'AKIDEXAMPLEexampleEXAMPLEexample0001',
  secretKey: 'exampleSecretKeyForCosSpec000001',
};

/** What several directories on one store share. */
export interface DirectoryFixture {
  readonly meta: MetaStore;
  readonly secrets: Secrets;
  readonly clock: ManualClock;
  /** A further process on the same store. */
  open(operator?: typeof OPERATOR): Promise<Directory>;
}

export function directoryFixture(meta: MetaStore = checked(openMemoryStore()).meta): DirectoryFixture {
  const parts = { meta, secrets: memorySecrets(), clock: new ManualClock(Date.UTC(2026, 10, 26)) };
  return { ...parts, open: (operator = OPERATOR) => Directory.open({ ...parts, operator }) };
}

export function policyText(effect: 'allow' | 'deny', action: string, resource = '*'): string {
  return JSON.stringify({ version: '2.0', statement: [{ effect, action, resource }] });
}

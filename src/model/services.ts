/** What semantics stand on: the store and the injected world. One instance a server. */

import { Blocked } from '../access/blocked.ts';
import type { CallbackSettings } from '../features/callback/admit.ts';
import { DomainIndex } from '../features/domains/domain-index.ts';
import { type DomainPorts, isolatedPorts } from '../features/domains/ports.ts';
import type { Keyring } from '../features/encryption/keyring.ts';
import { MemoryKeyring } from '../features/encryption/local-keyring.ts';
import { type Calendar, GMT_8 } from '../features/lifecycle/calendar.ts';
import { NotificationDesk } from '../features/notifications/desk.ts';
import { DEFAULT_ORIGIN_SETTINGS, OriginDesk, type OriginSettings } from '../features/origin/desk.ts';
import { NO_REMOTES, type Remotes } from '../features/replication/remotes.ts';
import type { Clock } from '../platform/clock.ts';
import type { Ids } from '../platform/ids.ts';
import type { Store } from '../store/store.ts';
import { AclCensus, type AclLimits } from './acl-census.ts';
import type { ChangeWatchers } from './changes.ts';
import { KeyLocks } from './key-locks.ts';
import { Pins } from './pins.ts';
import { RateGate } from './rate-gate.ts';
import { Slots } from './slots.ts';

/** Sizes in bytes. Defaults are COS's own (spec/limits.md). */
export interface Limits extends AclLimits {
  readonly bucketsPerAccount: number;
  /** One PUT, POST, part or appended piece, and the source of a copy. */
  readonly singleUploadBytes: number;
  readonly appendObjectBytes: number;
  readonly multipartObjectBytes: number;
  /** Every part but the last, judged at Complete. */
  readonly minPartBytes: number;
  readonly keyBytes: number;
  readonly userMetaBytes: number;
  /** A request body in XML; operations with a smaller limit keep theirs. */
  readonly xmlBytes: number;
}

export const COS_LIMITS: Limits = {
  bucketsPerAccount: 200,
  singleUploadBytes: 5 * 1024 ** 3,
  appendObjectBytes: 5 * 1024 ** 3,
  multipartObjectBytes: 50_000 * 1024 ** 3,
  minPartBytes: 1024 ** 2,
  keyBytes: 850,
  userMetaBytes: 2048,
  xmlBytes: 8 * 1024 ** 2,
  aclEntries: 1_000,
  grantAttachments: 0,
};

/** What the operator decides about operations on objects. */
export interface ObjectSettings {
  /** Factor on the times of restores and of restored copies; 1 is COS's own. */
  readonly restoreTimeScale: number;
  /** Restores an account may start a second. */
  readonly restoresPerSecond: number;
  /** SELECTs of all accounts that run at once; a further one is Busy. */
  readonly concurrentSelects: number;
  /** Known classes that are switched off: InvalidObjectStorage. */
  readonly closedStorageClasses: ReadonlySet<string>;
  /** Regions of the deployment. */
  readonly regions: ReadonlySet<string>;
  /** Regions that offer multi-AZ buckets. */
  readonly multiAzRegions: ReadonlySet<string>;
  /** Every request is answered with ServiceUnavailable. */
  readonly maintenance: boolean;
  /** Requests an account may make a second, and writes of one object; 0 for any number. */
  readonly requestsPerSecond: number;
  readonly keyWritesPerSecond: number;
  /** Entries of access/blocked.ts. */
  readonly blocked: readonly string[];
  readonly callbacks: CallbackSettings;
  /** The days that lifecycle rules count in. */
  readonly lifecycle: Calendar;
  /** Versions that replication sends at once, for each destination. */
  readonly replicationConcurrency: number;
  readonly origin: OriginSettings;
}

export const DEFAULT_OBJECT_SETTINGS: ObjectSettings = {
  restoreTimeScale: 1,
  restoresPerSecond: 100,
  concurrentSelects: 16,
  closedStorageClasses: new Set(),
  regions: new Set(),
  multiAzRegions: new Set(),
  maintenance: false,
  requestsPerSecond: 0,
  keyWritesPerSecond: 0,
  blocked: [],
  callbacks: { enabled: false, hosts: [], privateAddresses: false, timeoutMs: 5_000 },
  lifecycle: GMT_8,
  replicationConcurrency: 4,
  origin: DEFAULT_ORIGIN_SETTINGS,
};

export interface Services {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly limits: Limits;
  readonly settings: ObjectSettings;
  readonly keyring: Keyring;
  readonly locks: KeyLocks;
  readonly pins: Pins;
  /** Restores by the uin of the bucket's owner. */
  readonly restores: RateGate;
  /** SELECTs that run. */
  readonly selects: Slots;
  /** Requests by APPID; undefined without a limit. */
  readonly requests: RateGate | undefined;
  /** Writes by bucket id and key; undefined without a limit. */
  readonly keyWrites: RateGate | undefined;
  /** undefined where nothing is */
  readonly blocked: Blocked | undefined;
  readonly acls: AclCensus;
  readonly domains: DomainPorts & { readonly index: DomainIndex };
  readonly changeWatchers: ChangeWatchers;
  /** Buckets of other deployments that replication goes to. */
  readonly remotes: Remotes;
  /** Pulls of missing objects that run. */
  readonly origin: OriginDesk;
  /** Events that wait to be told to others. */
  readonly notifications: NotificationDesk;
  /** Names this process in records that say who is at work on something. */
  readonly processId: string;
  /** How long the bytes of a dropped version stay readable, ms. */
  readonly graceMs: number;
  /** Waits, ms. Injected so that semantics own no timer. */
  readonly sleep: (ms: number) => Promise<void>;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

type Derived =
  | 'locks'
  | 'pins'
  | 'restores'
  | 'selects'
  | 'requests'
  | 'keyWrites'
  | 'blocked'
  | 'acls'
  | 'domains'
  | 'origin';

export function createServices(
  given: Omit<
    Services,
    Derived | 'limits' | 'settings' | 'keyring' | 'graceMs' | 'changeWatchers' | 'remotes' | 'notifications'
  > & {
    limits?: Partial<Limits>;
    settings?: Partial<ObjectSettings>;
    /** Default: keys that end with the process, as what a store in memory holds does. */
    keyring?: Keyring;
    graceMs?: number;
    /** Default: nobody. */
    changeWatchers?: ChangeWatchers;
    /** Default: none. */
    remotes?: Remotes;
    /** Default: nothing outside of the store. */
    domains?: DomainPorts;
    /** Default: secrets of rules end with the process. */
    notifications?: NotificationDesk;
  },
): Services {
  const limits = { ...COS_LIMITS, ...given.limits };
  const settings = { ...DEFAULT_OBJECT_SETTINGS, ...given.settings };
  const gate = (perSecond: number) => (perSecond === 0 ? undefined : new RateGate(perSecond, given.clock));
  return {
    ...given,
    limits,
    settings,
    keyring: given.keyring ?? new MemoryKeyring({ clock: given.clock }),
    graceMs: given.graceMs ?? 60_000,
    changeWatchers: given.changeWatchers ?? new Map(),
    remotes: given.remotes ?? NO_REMOTES,
    notifications: given.notifications ?? new NotificationDesk(),
    locks: new KeyLocks(),
    pins: new Pins(),
    selects: new Slots(settings.concurrentSelects),
    restores: new RateGate(settings.restoresPerSecond, given.clock),
    requests: gate(settings.requestsPerSecond),
    keyWrites: gate(settings.keyWritesPerSecond),
    blocked: settings.blocked.length === 0 ? undefined : new Blocked(settings.blocked),
    acls: new AclCensus(given.store.meta, limits),
    origin: new OriginDesk(settings.origin),
    domains: { ...(given.domains ?? isolatedPorts()), index: new DomainIndex(given.store.meta) },
  };
}

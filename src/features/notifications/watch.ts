/** Notes a change for the rules of its bucket, in the commit that makes it. */
import { bucketConfig } from '../../model/bucket-configs.ts';
import type { Change, ChangeWatcher } from '../../model/changes.ts';
import type { Services } from '../../model/services.ts';
import type { Draft, KeyState } from '../../model/versions.ts';
import { eventOf, notedEvent } from './event.ts';
import { eventKey, packWaiting } from './outbox.ts';
import { BUCKET_NOTIFICATION, type EventName, isFor, type NotificationRule } from './rules.ts';

/** An event that nobody takes is given up after this, ms. */
export const KEPT_MS = 24 * 3_600_000;

export const noteEvents: ChangeWatcher = async (services, draft, state, change) => {
  const name = eventOf(change.kind);
  if (name === undefined) return change.record;
  const rules = (await bucketConfig(services, state.bucket, BUCKET_NOTIFICATION)) ?? [];
  const nowMs = services.clock.nowMs();
  noteOne(services, draft, state, change, rules, { name, dueMs: nowMs, ahead: false });
  const readyMs = change.kind === 'restore' ? change.record.attributes.extra?.restore?.readyMs : undefined;
  // A restore ends by the clock alone: its end is noted with its beginning.
  if (readyMs !== undefined && readyMs > nowMs) {
    noteOne(services, draft, state, change, rules, {
      ...{ name: 'cos:ObjectRestore:Completed', dueMs: readyMs, ahead: true },
    });
  }
  return change.record;
};

interface Noted {
  readonly name: EventName;
  readonly dueMs: number;
  readonly ahead: boolean;
}

function noteOne(
  services: Services,
  draft: Draft,
  { bucket: { record: bucket }, key }: KeyState,
  { record }: Change,
  rules: readonly NotificationRule[],
  { name, dueMs, ahead }: Noted,
): void {
  const rule = rules.find((one) => isFor(one, name, key));
  if (rule === undefined) return;
  const desk = services.notifications;
  if (!desk.note(services.clock.nowMs())) return;
  const about = { name, ruleId: rule.id, atMs: dueMs };
  const event = notedEvent(services, bucket, key, record, about);
  // Above all numbers before it, also where the clock was set back.
  const number = Math.max(services.ids.versionStamp(), desk.floor + 1);
  desk.floor = number;
  draft.put({
    key: eventKey(bucket.id, rule.id, number),
    value: packWaiting({ event, attempts: 0, dueMs, untilMs: dueMs + KEPT_MS, ahead }),
  });
}

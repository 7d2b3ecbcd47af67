/** From choices of a command to what they mean in the state that it meets. */
import type {
  ConditionChoice,
  GuardChoice,
  KeyChoice,
  ListChoice,
  SourceChoice,
  TagChoice,
  TargetChoice,
  UploadChoice,
  VersionChoice,
} from './commands.ts';
import type { Names, Text } from './names.ts';
import type { ReferenceBucket, Version } from './reference/bucket.ts';
import type { Conditions, Guards, Tags } from './reference/conditions.ts';
import type { UploadName } from './reference/uploads.ts';
import type { Deletion, Source } from './reference/writes.ts';
import { KEYS } from './settings.ts';

const UNKNOWN_TAG = '"00000000000000000000000000000000"';
const MALFORMED = 'no-such-id';

export class Choices {
  readonly #bucket: ReferenceBucket;
  readonly #names: Names;

  constructor(bucket: ReferenceBucket, names: Names) {
    this.#bucket = bucket;
    this.#names = names;
  }

  key(choice: KeyChoice): string {
    if (typeof choice === 'string') return choice;
    const keys = [...this.#bucket.objects.keys()];
    return keys.length === 0 ? KEYS[0] : keys[choice.held % keys.length]!;
  }

  /** A version or upload id to go on behind: of the marker's key, except where the rules do not say what it means. */
  idMarker(what: 'objects' | 'versions' | 'uploads', { marker, id }: ListChoice): Text {
    if (id === undefined || what === 'objects') return '';
    const known = what === 'versions' ? this.#knownVersions(marker) : this.#bucket.initiated;
    const ids: Text[] = known.filter(({ key }) => key === marker).map((entry) => entry.id);
    if (what === 'versions' && this.#bucket.versionsOf(marker).some((version) => version.id === 'null'))
      ids.push('null');
    const [any] = known;
    if (ids.length === 0) return marker === '' && any !== undefined ? any.id : '';
    return ids[id % ids.length]!;
  }

  #knownVersions(key: string): ReferenceBucket['issued'] {
    const known = this.#bucket.issued.filter(({ id }) => this.#names.knows(id));
    return [...known.filter((version) => version.key === key), ...known.filter((version) => version.key !== key)];
  }

  version(choice: VersionChoice, key: string): Text | undefined {
    if (choice === 'none') return undefined;
    if (choice === 'null') return 'null';
    if (choice === 'malformed') return MALFORMED;
    const known = this.#knownVersions(key);
    const own = known.filter((version) => version.key === key).length;
    // One choice in a few goes to an id of another key.
    const among = own > 0 && choice.known % 7 !== 0 ? own : known.length;
    return among === 0 ? undefined : known[choice.known % among]!.id;
  }

  upload({ pick, elsewhere }: UploadChoice): UploadName {
    const { uploads, initiated } = this.#bucket;
    // One choice in a few may go to an upload that has ended.
    const all = uploads.length > 0 && pick % 5 !== 0 ? uploads : initiated;
    if (all.length === 0) return { key: KEYS[0], id: MALFORMED };
    const { key, id } = all[Math.max(0, all.length - 1 - (pick % 3))]!;
    return { key: elsewhere ? KEYS.find((other) => other !== key)! : key, id };
  }

  #addressed(key: string, versionId: Text | undefined): Version | undefined {
    if (versionId === undefined) return this.#bucket.current(key);
    return this.#bucket.versionsOf(key).find(({ id }) => id === versionId);
  }

  #tags(choice: TagChoice | undefined, version: Version | undefined): Tags | undefined {
    const etag = version?.etag ?? UNKNOWN_TAG;
    switch (choice) {
      case undefined:
        return undefined;
      case '*':
        return '*';
      case 'current':
        return [etag];
      case 'other':
        return [UNKNOWN_TAG];
      case 'several':
        return ['"x"', etag, UNKNOWN_TAG];
      case 'bare':
        return ['00000000000000000000000000000000'];
      case 'weak-other':
        return [`W/${UNKNOWN_TAG}`, '""'];
    }
  }

  conditions(choice: ConditionChoice, key: string, versionId: Text | undefined): Conditions {
    const version = this.#addressed(key, versionId);
    const about = (version?.modifiedMs ?? this.#bucket.nowMs) - ((version?.modifiedMs ?? this.#bucket.nowMs) % 1_000);
    const { ifMatch, ifNoneMatch, ifModifiedSince, ifUnmodifiedSince } = choice;
    return {
      ifMatch: this.#tags(ifMatch, version),
      ifNoneMatch: this.#tags(ifNoneMatch, version),
      ifModifiedSince: ifModifiedSince === undefined ? undefined : about + ifModifiedSince * 1_000,
      ifUnmodifiedSince: ifUnmodifiedSince === undefined ? undefined : about + ifUnmodifiedSince * 1_000,
    };
  }

  guards(choice: GuardChoice, key: string): Guards {
    switch (choice) {
      case 'none':
        return {};
      case 'forbid-overwrite':
        return { forbidOverwrite: true };
      case 'if-absent':
        return { ifNoneMatch: '*' };
      case 'if-exists':
        return { ifMatch: '*' };
      case 'if-match':
        return { ifMatch: this.#tags('current', this.#bucket.current(key)) };
      case 'if-match-other':
        return { ifMatch: this.#tags('other', undefined) };
    }
  }

  source({ key: choice, version, conditions }: SourceChoice): Source {
    const key = this.key(choice);
    const versionId = this.version(version, key);
    return { key, versionId, conditions: this.conditions(conditions, key, versionId) };
  }

  /** If-Match beside a version id is nowhere described. */
  deletion({ key: choice, version, ifMatch }: TargetChoice): Deletion {
    const key = this.key(choice);
    const versionId = this.version(version, key);
    const tags = versionId === undefined ? this.#tags(ifMatch, this.#bucket.current(key)) : undefined;
    return { key, versionId, ifMatch: tags };
  }
}

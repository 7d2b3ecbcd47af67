/** Folders of the simulated disk: entries as programs see them, entries that are durable, and the changes between. */
import { SimFile } from './sim-file.ts';
import { type SeededRandom, survivalRate } from './sim-random.ts';

export type SimNode = SimFile | SimFolder;
type Entries = Map<string, SimNode>;

export class SimFolder {
  readonly seen: Entries;
  readonly durable: Entries;

  /** @param entries durable from the start */
  constructor(entries: Entries = new Map()) {
    this.seen = entries;
    this.durable = new Map(entries);
  }
}

interface Place {
  readonly folder: SimFolder;
  readonly name: string;
}

/** A change of entries. It becomes durable when `folder` is synced. */
interface EntryChange extends Place {
  readonly sequence: number;
  readonly node: SimNode;
  readonly kind: 'add' | 'remove';
  /** A renaming adds the entry and takes it away wherever it stood before, both or neither. */
  readonly before: readonly Place[];
}

export class EntryLog {
  #changes: EntryChange[] = [];
  /** Names a node had before it was renamed. */
  readonly #places = new WeakMap<SimNode, Place[]>();

  add(sequence: number, folder: SimFolder, name: string, node: SimNode): void {
    this.#record({ sequence, kind: 'add', folder, name, node, before: [] });
  }

  remove(sequence: number, folder: SimFolder, name: string, node: SimNode): void {
    this.#record({ sequence, kind: 'remove', folder, name, node, before: [] });
  }

  rename(sequence: number, from: Place, { folder, name }: Place, node: SimNode): void {
    const before = [...(this.#places.get(node) ?? []), from];
    this.#places.set(node, before);
    this.#record({ sequence, kind: 'add', folder, name, node, before });
  }

  /** Makes the changes of a folder up to this sequence number durable. */
  sync(folder: SimFolder, upTo: number): void {
    const waiting: EntryChange[] = [];
    const done: EntryChange[] = [];
    for (const change of this.#changes) {
      (change.folder === folder && change.sequence <= upTo ? done : waiting).push(change);
    }
    for (const change of done) apply(change, ({ durable }) => durable);
    // A node has one name: a durable renaming settles every name that it was given before.
    const renamed = new Map(
      done.flatMap(({ node, sequence, before }) => (before.length > 0 ? [[node, sequence] as const] : [])),
    );
    this.#changes = waiting.filter(
      ({ kind, node, sequence }) => kind === 'remove' || sequence > (renamed.get(node) ?? -1),
    );
  }

  /** The tree under `root` as it may stand after a power loss: changes that were not synced survive or not. */
  crashed(root: SimFolder, random: SeededRandom): SimFolder {
    const views = new Map<SimFolder, Entries>();
    const viewOf = (folder: SimFolder): Entries => {
      const view = views.get(folder) ?? new Map(folder.durable);
      views.set(folder, view);
      return view;
    };
    const rate = survivalRate(random);
    for (const change of this.#changes) if (random.chance(rate)) apply(change, viewOf);
    const copy = (folder: SimFolder): SimFolder => {
      const entries: Entries = new Map();
      for (const [name, node] of viewOf(folder)) {
        entries.set(name, node instanceof SimFile ? node.crashed(random) : copy(node));
      }
      return new SimFolder(entries);
    };
    return copy(root);
  }

  #record(change: EntryChange): void {
    this.#changes.push(change);
    apply(change, ({ seen }) => seen);
  }
}

function apply(change: EntryChange, entriesOf: (folder: SimFolder) => Entries): void {
  const { kind, folder, name, node, before } = change;
  const take = (place: Place) => {
    const entries = entriesOf(place.folder);
    if (entries.get(place.name) === node) entries.delete(place.name);
  };
  for (const place of before) take(place);
  if (kind === 'add') entriesOf(folder).set(name, node);
  else take(change);
}

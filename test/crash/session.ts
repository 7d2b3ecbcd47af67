/** What the parts of one writer share: whom to ask, what to send, and how to take an answer. */
import { type Answer, type Ask, type CosClient, Interrupted, texts } from './client.ts';
import { type Content, LONGEST_PIECE, type Piece } from './content.ts';
import type { Random } from './random.ts';
import type { Change } from './register.ts';
import type { World } from './world.ts';

export const KIB = 1024;
export const MIB = 1024 ** 2;

/** Racing writers of one key may be told so; nothing else is refused here. */
const RACE = 'PathConflict';

export class Session {
  readonly world: World;
  readonly client: CosClient;
  readonly random: Random;
  /** Its own keys begin with this. */
  readonly name: string;

  constructor(world: World, client: CosClient, random: Random, number: number) {
    this.world = world;
    this.client = client;
    this.random = random;
    this.name = `w${number}`;
  }

  /** @param most bytes; at least half of it */
  piece(most: number): Piece {
    return this.world.newPiece(this.random.between(most >> 1, most));
  }

  largePiece(): Piece {
    return this.world.newPiece(this.random.between(MIB + 1, LONGEST_PIECE));
  }

  /** A change of a key of the unversioned bucket. @returns whether it was made @throws Interrupted */
  async change(kind: string, value: Content, key: string, ask: Ask): Promise<boolean> {
    const register = this.world.register(key);
    const change: Change = register.begin(value);
    const answer = await this.client.ask(ask);
    if (!this.accepted(kind, answer, key)) {
      register.refuse(change);
      return false;
    }
    register.acknowledge(change);
    this.world.acknowledged(kind);
    return true;
  }

  /**
   * Whether the server did it; counts an answer that should not be.
   * @throws Interrupted when the answer leaves open what was done
   */
  accepted(kind: string, { status, body }: Answer, key: string): boolean {
    const [code] = texts(body, 'Code');
    if ((status === 200 || status === 204) && code === undefined) return true;
    if (status !== 409 || code !== RACE) this.world.report('unexpected', `${kind} ${key}: ${status} ${code}`);
    if (status === 409) return false;
    throw new Interrupted(`${status} ${code}`);
  }
}

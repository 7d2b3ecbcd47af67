/** The data folder of a server that is used in tests, and when it may be emptied. */
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export class TestFolder {
  readonly path: string;
  /** It held nothing at the first look. */
  readonly #isOwn: boolean;

  private constructor(path: string, isOwn: boolean) {
    this.path = path;
    this.#isOwn = isOwn;
  }

  /** @throws Node's own error when it cannot be read */
  static async look(path: string): Promise<TestFolder> {
    return new TestFolder(path, (await entriesOf(path)).length === 0);
  }

  /** @throws Error for a folder that held something before */
  assertOwn(): void {
    if (this.#isOwn) return;
    throw new Error(`reset would delete what ${this.path} held before this server: give it an empty folder`);
  }

  read(name: string): Promise<Buffer> {
    return readFile(join(this.path, name));
  }

  /** For its owner alone. */
  write(name: string, content: Buffer): Promise<void> {
    return writeFile(join(this.path, name), content, { mode: 0o600 });
  }

  /** @param kept name of the one entry that stays @throws as `assertOwn` */
  async empty(kept: string): Promise<void> {
    this.assertOwn();
    const names = (await entriesOf(this.path)).filter((name) => name !== kept);
    for (const name of names) await rm(join(this.path, name), { recursive: true, force: true });
  }
}

async function entriesOf(path: string): Promise<string[]> {
  try {
    return await readdir(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

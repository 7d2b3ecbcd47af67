/**
 * What fixtures clean up. Test files share the modules of their process: a hook that a module registers by itself would
 * run in the first file that loads it, and in no other.
 */
type CleanUp = () => void | Promise<void>;

const afterTests = new Set<CleanUp>();
const afterFiles = new Set<CleanUp>();

/** To be called where a fixture is loaded. */
export function afterEveryTest(cleanUp: CleanUp): void {
  afterTests.add(cleanUp);
}

/** To be called where a fixture is loaded. */
export function afterEveryFile(cleanUp: CleanUp): void {
  afterFiles.add(cleanUp);
}

export async function cleanUpTest(): Promise<void> {
  for (const cleanUp of afterTests) await cleanUp();
}

export async function cleanUpFile(): Promise<void> {
  for (const cleanUp of afterFiles) await cleanUp();
}

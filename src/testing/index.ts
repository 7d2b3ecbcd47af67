/**
 * `cosette/testing`: a server in the process of a test, on a free port of the loopback, in memory or on a folder.
 * docs/testing.md tells how to use it.
 */
import { TestServer } from './server.ts';
import type { Cosette, StartOptions } from './types.ts';

export type * from './types.ts';

/** @throws Error that names the wrong option; the error of node:net for a port that is taken */
export function startCosette(options: StartOptions = {}): Promise<Cosette> {
  return TestServer.start(options);
}

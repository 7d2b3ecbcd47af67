import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** File of a module that is started as a process: compiled when the caller is. @param name without its extension */
export function entryBeside(callerUrl: string, name: string): string {
  return fileURLToPath(new URL(`${name}${extname(fileURLToPath(callerUrl))}`, callerUrl));
}

/** The file of `replication.remotesFile`: which destination buckets are elsewhere, and the keys to them. */
import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';

export interface RemoteEntry {
  /** Full bucket names; `*` stands for any run of characters. */
  readonly buckets: readonly string[];
  /** With `{bucket}` and `{region}` where these belong; without `{bucket}` buckets go into the path. */
  readonly endpoint: string;
  /** `cosette` keeps version ids and times; `cos` is any server that speaks the COS API. */
  readonly kind: 'cosette' | 'cos';
  /** APPIDs whose buckets may replicate there; undefined: that of the destination alone. */
  readonly accounts: readonly string[] | undefined;
  readonly secretId: string;
  readonly secretKey: string;
}

/** The message names the file and never shows what is secret in it. */
export class RemotesError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'RemotesError';
  }
}

const MAX_FILE = 1024 ** 2;
const ENDPOINT = /^https?:\/\/(?:\{bucket\}\.)?[A-Za-z0-9.:_\-[\]{}]{1,255}$/;

const schema = z
  .array(
    z.strictObject({
      buckets: z
        .array(z.string().regex(/^[a-z0-9*-]{1,80}$/))
        .min(1)
        .max(1_000),
      endpoint: z.string().regex(ENDPOINT),
      kind: z.enum(['cosette', 'cos']),
      accounts: z
        .array(z.string().regex(/^\d{5,15}$/))
        .max(1_000)
        .optional(),
      secretId: z.string().regex(/^[A-Za-z0-9]{4,128}$/),
      secretKey: z
        .string()
        .regex(/^[\x21-\x7e]{8,256}$/)
        .optional(),
      secretKeyFile: z.string().min(1).max(4_096).optional(),
    }),
  )
  .max(1_000);

/** @throws RemotesError */
export function readRemotes(file: string): RemoteEntry[] {
  const parsed = schema.safeParse(parse(file, readSecret(file)));
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    // Messages of schemas tell what is allowed, not what was given.
    throw new RemotesError(`${file}: entry ${issue.path.join('.')}: ${issue.message}`);
  }
  return parsed.data.map(({ secretKey, secretKeyFile, accounts, ...entry }, at): RemoteEntry => {
    if ((secretKey === undefined) === (secretKeyFile === undefined)) {
      throw new RemotesError(`${file}: entry ${at} must have one of secretKey and secretKeyFile`);
    }
    const key = secretKey ?? readSecret(resolve(dirname(file), secretKeyFile!)).trim();
    return { ...entry, accounts, secretKey: key };
  });
}

/** @throws RemotesError also when other users of the machine can read it */
function readSecret(file: string): string {
  try {
    const { mode, size } = statSync(file);
    if (size > MAX_FILE) throw new RemotesError(`${file} is too large`);
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      throw new RemotesError(`${file} holds a secret, but others can read it: chmod 600 ${file}`);
    }
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof RemotesError) throw error;
    throw new RemotesError(`${file} cannot be read: ${(error as Error).message}`);
  }
}

function parse(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message would show a piece of the file.
    throw new RemotesError(`${file} is no JSON`);
  }
}

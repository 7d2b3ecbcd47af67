/** The text of `keyring.json`. */
import { z } from 'zod';
import { isDescription, type KeyringState, WRAPPING_KEY_BYTES } from './keyring-state.ts';

const FORMAT = 1;

const secret = z
  .base64()
  .transform((text) => Buffer.from(text, 'base64'))
  .refine(({ length }) => length === WRAPPING_KEY_BYTES);
const id = z.string().regex(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
const material = { createdMs: z.int().nonnegative().max(8.64e15), key: secret };
const unique = (keys: readonly { readonly id: string }[]) => new Set(keys.map((key) => key.id)).size === keys.length;

const schema = z
  .strictObject({
    format: z.literal(FORMAT),
    masterKeys: z.array(z.strictObject({ id, ...material })).refine(unique),
    defaultKmsKeyId: id.optional(),
    kmsKeys: z
      .array(
        z.strictObject({
          id,
          description: z.string().refine(isDescription),
          state: z.enum(['Enabled', 'Disabled']),
          versions: z.array(z.strictObject(material)).min(1),
        }),
      )
      .refine(unique),
  })
  .refine((all) => all.defaultKmsKeyId === undefined || all.kmsKeys.some((key) => key.id === all.defaultKmsKeyId));

export function formatKeyring(state: KeyringState): string {
  const content = {
    format: FORMAT,
    masterKeys: state.masterKeys.map((key) => ({ ...key, key: key.key.toString('base64') })),
    defaultKmsKeyId: state.defaultKmsKeyId,
    kmsKeys: state.kmsKeys.map((key) => ({
      ...key,
      versions: key.versions.map((version) => ({ ...version, key: version.key.toString('base64') })),
    })),
  };
  return `${JSON.stringify(content, undefined, 2)}\n`;
}

/** @returns the keys, or what is wrong with the text: a clause without any of its content, which is secret */
export function parseKeyring(text: string): KeyringState | string {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    return 'it is not valid JSON';
  }
  const format = typeof data === 'object' && data !== null ? (data as Record<string, unknown>)['format'] : undefined;
  if (typeof format === 'number' && format > FORMAT) {
    return `its format ${format} is newer than ${FORMAT}: it needs a newer cosette`;
  }
  const parsed = schema.safeParse(data);
  if (!parsed.success) {
    const path = parsed.error.issues[0]?.path.join('.') ?? '';
    return `${path === '' ? 'its content' : path} is missing or malformed`;
  }
  const { masterKeys, kmsKeys, defaultKmsKeyId } = parsed.data;
  return { masterKeys, kmsKeys, defaultKmsKeyId };
}

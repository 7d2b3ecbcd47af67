import { describe, expect, it } from 'vitest';
import { formatKeyring, parseKeyring } from './keyring-format.ts';
import { addDefaultKmsKey, addKmsKey, addMasterKey, NO_KEYS, rotateKmsKey, setKmsKeyState } from './keyring-state.ts';

const making = { nowMs: 1_700_000_000_000 };

function someKeys() {
  const keys = addMasterKey(
    addMasterKey(addDefaultKmsKey(addKmsKey(NO_KEYS, 'für Akten', making), making), making),
    making,
  );
  const [first, second] = keys.kmsKeys;
  return setKmsKeyState(rotateKmsKey(keys, first!.id, making)!, second!.id, 'Disabled')!;
}

type Content = {
  format: number;
  defaultKmsKeyId?: string;
  masterKeys: { id: string; key: string }[];
  kmsKeys: { id: string; state: string; description: string; versions: { key: string; createdMs: number }[] }[];
};

describe('keyring.json', () => {
  it('reads what it writes', () => {
    const keys = someKeys();
    expect(parseKeyring(formatKeyring(keys))).toEqual(keys);
    expect(parseKeyring(formatKeyring(NO_KEYS))).toEqual(NO_KEYS);
  });

  it.each<[string, (content: Content) => void]>([
    ['a short secret', (c) => (c.masterKeys[0]!.key = 'c2VjcmV0')],
    ['a secret in no base64', (c) => (c.kmsKeys[0]!.versions[0]!.key = '!')],
    ['no versions', (c) => (c.kmsKeys[0]!.versions = [])],
    ['a time that is none', (c) => (c.kmsKeys[0]!.versions[0]!.createdMs = 1e16)],
    ['an unknown state', (c) => (c.kmsKeys[0]!.state = 'Lost')],
    ['a description that moves the cursor', (c) => (c.kmsKeys[0]!.description = '\u001b[2J')],
    ['one id twice', (c) => (c.kmsKeys[1]!.id = c.kmsKeys[0]!.id)],
    ['one master id twice', (c) => (c.masterKeys[1]!.id = c.masterKeys[0]!.id)],
    ['a default that is not there', (c) => (c.defaultKmsKeyId = '3c1c131a-82a3-49e5-a33b-8f738d95168f')],
    ['unknown fields, which a change would lose', (c) => Object.assign(c, { more: 1 })],
    ['no format', (c) => Object.assign(c, { format: undefined })],
  ])('refuses %s and repeats no content', (_, damage) => {
    const text = formatKeyring(someKeys());
    const content = JSON.parse(text) as Content;
    damage(content);
    const why = parseKeyring(JSON.stringify(content));
    expect(why).toMatch(/^[\w. ]+ is missing or malformed$/);
    for (const { key } of content.masterKeys) expect(why).not.toContain(key);
  });

  it.each(['', '{', '[]', 'null', '7', '{}'])('refuses %j', (text) => expect(typeof parseKeyring(text)).toBe('string'));

  it('says when a newer release wrote it', () => {
    expect(parseKeyring('{"format":2}')).toContain('needs a newer cosette');
  });
});

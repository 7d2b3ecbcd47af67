import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SignedIdentity } from './identity.ts';
import { memorySecrets } from './secrets.ts';
import {
  NOW_MS,
  OWNER,
  POLICY,
  ROLE_ID,
  ROOT_ID,
  StandingDirectory,
  standingTokens,
  USER_ID,
  USER_UIN,
} from './session/fixture.ts';
import { openPayload, sealPayload } from './session/payload.ts';
import { MAX_CHAIN, MAX_POLICY, SessionTokens, SURE_POLICY } from './sessions.ts';

const role = { ownerUin: OWNER, uin: ROLE_ID };
const issuerOf = (directory: StandingDirectory, secretId: string, token?: string): SignedIdentity =>
  directory.find(secretId, token)!.identity;

function issued(secretId = USER_ID, actor?: typeof role) {
  const all = standingTokens();
  const request = { issuer: issuerOf(all.directory, secretId), name: 'app', policyText: POLICY, durationS: 1_800 };
  return { ...all, key: all.tokens.issue(actor === undefined ? request : { ...request, actor }) };
}

describe('a temporary key', () => {
  it('has the forms that clients expect', () => {
    const { key } = issued();
    expect(key.secretId).toMatch(/^AKID[A-Za-z0-9_-]{33,124}$/);
    expect(key.secretKey).toMatch(/^[A-Za-z0-9_-]{32}$/);
    expect(key.token).toMatch(/^[A-Za-z0-9_-]{100,4096}$/);
    expect(key.expiresMs).toBe(NOW_MS + 1_800_000);
  });

  it('opens as the identity that asked for it, narrowed', () => {
    const { tokens, key } = issued();
    const opened = tokens.open(key.secretId, key.token);
    expect(opened).toMatchObject({ secretId: key.secretId, secretKey: key.secretKey, enabled: true });
    expect(opened?.identity).toMatchObject({ kind: 'user', uin: USER_UIN, ownerUin: OWNER, secretId: key.secretId });
    expect(opened?.identity.session).toMatchObject({ name: 'app', expiresMs: key.expiresMs });
    expect(opened?.identity.session?.policy?.statements).toHaveLength(1);
    expect(tokens.open(key.secretId, key.token)).toBe(opened);
  });

  it('keeps the kind of a root, and acts as a role', () => {
    const root = issued(ROOT_ID);
    expect(root.tokens.open(root.key.secretId, root.key.token)?.identity.kind).toBe('root');
    const acting = issued(USER_ID, role);
    expect(acting.tokens.open(acting.key.secretId, acting.key.token)?.identity).toMatchObject({
      kind: 'role',
      uin: ROLE_ID,
      name: 'uploader',
    });
  });

  it('opens after its end too: who checks the signature says that it has expired', () => {
    const { tokens, key, clock } = issued();
    clock.ms += 10_000_000;
    expect(tokens.open(key.secretId, key.token)?.identity.session?.expiresMs).toBeLessThan(clock.ms);
  });

  it('has the rights that its identity has now', () => {
    const { directory, tokens, key } = issued();
    tokens.open(key.secretId, key.token);
    const policies = [{ label: 'new', statements: [] }];
    directory.identities.set(USER_UIN, { ...directory.identities.get(USER_UIN)!, policies });
    expect(tokens.open(key.secretId, key.token)?.identity.policies).toEqual(policies);
  });

  it.each([
    [
      'the key it was asked for with is disabled',
      (d: StandingDirectory) => {
        d.keys.get(USER_ID)!.enabled = false;
      },
    ],
    ['that key is deleted', (d: StandingDirectory) => d.keys.delete(USER_ID)],
    ['the user is deleted', (d: StandingDirectory) => d.identities.delete(USER_UIN)],
    ['the role is deleted', (d: StandingDirectory) => d.identities.delete(ROLE_ID)],
  ])('is gone when %s', (_, change) => {
    const { directory, tokens, key } = issued(USER_ID, role);
    expect(tokens.open(key.secretId, key.token)).toBeDefined();
    change(directory);
    expect(tokens.open(key.secretId, key.token)).toBeUndefined();
  });

  it('opens in another process with the same secret, and with no other secret', () => {
    const secret = randomBytes(32);
    const tokensWith = (bytes: Buffer, directory = new StandingDirectory()) => ({
      directory,
      tokens: new SessionTokens({
        identities: directory,
        sealer: memorySecrets(bytes).sealer('session-tokens'),
        nowMs: () => NOW_MS,
      }),
    });
    const { directory, tokens } = tokensWith(secret);
    const request = { issuer: issuerOf(directory, ROOT_ID), name: 'a', policyText: undefined, durationS: 60 };
    const { secretId, token } = tokens.issue(request);
    expect(tokensWith(secret).tokens.open(secretId, token)?.identity.session?.policy).toBeUndefined();
    expect(tokensWith(randomBytes(32)).tokens.open(secretId, token)).toBeUndefined();
  });
});

it('with a policy that cannot be read any more is no key', () => {
  const { directory, tokens } = standingTokens();
  const issuer = issuerOf(directory, USER_ID);
  const key = tokens.issue({ issuer, name: 'a', policyText: '{"version":"9.9"}', durationS: 60 });
  expect(tokens.open(key.secretId, key.token)).toBeUndefined();
});

describe('a chain', () => {
  it('has an end', () => {
    const { directory, tokens, key } = issued(USER_ID, role);
    let last = key;
    for (let length = 1; length < MAX_CHAIN; length++) {
      const issuer = issuerOf(directory, last.secretId, last.token);
      last = tokens.issue({ issuer, actor: role, name: 'app', policyText: undefined, durationS: 60 });
    }
    const issuer = issuerOf(directory, last.secretId, last.token);
    expect(tokens.askerOf(issuer)).toEqual(role);
    expect(() => tokens.issue({ issuer, actor: role, name: 'app', policyText: undefined, durationS: 60 })).toThrow(
      expect.objectContaining({ code: 'chain-too-long' }),
    );
  });

  it('is gone with the key at its beginning', () => {
    const { directory, tokens, key } = issued(USER_ID, role);
    const issuer = issuerOf(directory, key.secretId, key.token);
    const next = tokens.issue({ issuer, actor: role, name: 'app', policyText: undefined, durationS: 60 });
    expect(tokens.open(next.secretId, next.token)).toBeDefined();
    directory.keys.delete(USER_ID);
    expect(tokens.open(next.secretId, next.token)).toBeUndefined();
  });

  it('does not go on from a session that was made by hand', () => {
    const { directory, tokens } = standingTokens();
    const issuer = { ...issuerOf(directory, USER_ID), session: { name: '', policy: undefined, expiresMs: NOW_MS } };
    expect(() => tokens.issue({ issuer, name: 'a', policyText: undefined, durationS: 60 })).toThrow('issuer-gone');
  });
});

/** A policy of so many bytes; `text` is repeated or random. */
const policyOf = (bytes: number, filler: (length: number) => string) => {
  const around = (resource: string) =>
    JSON.stringify({ version: '2.0', statement: { effect: 'allow', action: '*', resource: `qcs::cos:::${resource}` } });
  return around(filler(bytes - around('').length));
};
const repeated = (length: number) => 'folder/'.repeat(length).slice(0, length);
const random = (length: number) => randomBytes(length).toString('base64url').slice(0, length);

describe('the length of a policy', () => {
  it.each([
    ['any of the sure length', policyOf(SURE_POLICY, random)],
    ['a long one that repeats itself', policyOf(MAX_POLICY, repeated)],
  ])('takes %s', (_, policyText) => {
    const { directory, tokens } = standingTokens();
    const key = tokens.issue({
      issuer: issuerOf(directory, USER_ID),
      name: 'n'.repeat(128),
      policyText,
      durationS: 60,
    });
    expect(key.token.length).toBeLessThanOrEqual(4_096);
    expect(tokens.open(key.secretId, key.token)).toBeDefined();
  });

  it.each([
    ['a long one that does not', policyOf(8_000, random)],
    ['one above the limit', policyOf(MAX_POLICY + 1, repeated)],
  ])('refuses %s', (_, policyText) => {
    const { directory, tokens } = standingTokens();
    const request = { issuer: issuerOf(directory, USER_ID), name: 'a', policyText, durationS: 60 };
    expect(() => tokens.issue(request)).toThrow(expect.objectContaining({ code: 'policy-too-long' }));
  });
});

describe('a token', () => {
  const sealer = memorySecrets().sealer('session-tokens');
  const digits = fc.stringMatching(/^[0-9]{5,20}$/);
  const actor = fc.record({ ownerUin: digits, uin: digits });
  const payload = fc.record({
    secretKey: fc.string({ minLength: 32, maxLength: 32 }),
    originId: fc.string({ minLength: 4, maxLength: 36 }),
    askers: fc.array(actor, { minLength: 1, maxLength: MAX_CHAIN }),
    actor,
    name: fc.string({ maxLength: 128 }),
    policyText: fc.option(fc.string({ maxLength: 1_000, unit: 'grapheme' }), { nil: undefined }),
    expiresMs: fc.nat(),
  });

  it('says when it is opened what it was made of', () => {
    fc.assert(
      fc.property(payload, fc.string({ minLength: 1 }), (made, secretId) => {
        const token = sealPayload(made, secretId, sealer);
        fc.pre(token !== undefined);
        expect(openPayload(token, secretId, sealer)).toEqual(made);
      }),
    );
  });

  it('does not open when it was changed, or with another SecretId', () => {
    const { tokens, key } = issued();
    const characters = fc.constantFrom(...'ABCxyz019-_=+/. %\n'.split(''));
    const position = fc.nat(key.token.length - 1);
    fc.assert(
      fc.property(position, characters, fc.constantFrom('replace', 'insert', 'cut'), (at, character, how) => {
        const rest = how === 'insert' ? at : at + 1;
        const text = key.token.slice(0, at) + (how === 'cut' ? '' : character) + key.token.slice(rest);
        fc.pre(text !== key.token);
        expect(tokens.open(key.secretId, text)).toBeUndefined();
      }),
      { numRuns: 2_000 },
    );
    expect(tokens.open(`${key.secretId.slice(0, -1)}!`, key.token)).toBeUndefined();
    expect(tokens.open(key.secretId, '')).toBeUndefined();
    expect(tokens.open(key.secretId, `${key.token}.`)).toBeUndefined();
    expect(tokens.open(key.secretId, 'A'.repeat(5_000))).toBeUndefined();
  });

  it('does not tell what it says', () => {
    const { key } = issued();
    const bytes = Buffer.from(key.token, 'base64url').toString('latin1');
    for (const text of [key.secretKey, USER_ID, 'PutObject']) expect(bytes).not.toContain(text);
  });
});

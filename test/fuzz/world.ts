/** A whole server in this process: with two accounts' keys, a temporary key, a private bucket and an object. */

import { Directory } from '../../src/access/directory/directory.ts';
import { createKey } from '../../src/access/directory/keys.ts';
import { memorySecrets } from '../../src/access/secrets.ts';
import { SessionTokens } from '../../src/access/sessions.ts';
import { asCosError, renderError, resolve } from '../../src/cos/errors.ts';
import { authorization } from '../../src/cos/signature/sign.ts';
import { DEFAULT_BASE_DOMAINS } from '../../src/http/host.ts';
import { createWireServer } from '../../src/http/server.ts';
import { ManualClock } from '../../src/platform/clock.ts';
import { type App, createApp } from '../../src/server/app.ts';
import { checked } from '../../src/store/checked.ts';
import { openMemoryStore } from '../../src/store/memory/index.ts';
import type { Ground, Pair } from './forms.ts';
import { asWire } from './request.ts';

export interface World {
  readonly app: App;
  readonly ground: Ground;
  readonly nowMs: number;
  readonly port: number;
  /** What the server called an internal error since the last call. */
  takeInternalErrors(): unknown[];
  close(): Promise<void>;
}

const NOW_S = 1_700_000_000;
const APPID = '1250000000';
const UIN = '100000000001';
const BUCKET = `fuzz-${APPID}`;
const HOST = `${BUCKET}.cos.ap-guangzhou.myqcloud.com`;
const KEY = 'dir/图 1+2.txt';
const PATH = '/dir/%E5%9B%BE%201%2B2.txt';
const PAIR: Pair = { secretId: 'AKIDEXAMPLEexampleEXAMPLEexample0001', secretKey: 'exampleSecretKeyForCosSpec000001' };

export async function openWorld(): Promise<World> {
  const clock = new ManualClock(NOW_S * 1_000);
  const store = openMemoryStore();
  const secrets = memorySecrets();
  const operator = { ...PAIR, appid: APPID, uin: UIN };
  const directory = await Directory.open({ meta: checked(store).meta, secrets, operator, clock });
  const tokens = new SessionTokens({
    identities: directory,
    sealer: secrets.sealer('session-tokens'),
    nowMs: () => clock.nowMs(),
  });
  directory.sessions = tokens;
  let internal: unknown[] = [];
  const errors = { profile: 'seed', literalSeedCodes: false } as const;
  const app = createApp({
    ...{ store, keyRing: directory, directory, tokens, clock, errors },
    ...{ baseDomains: DEFAULT_BASE_DOMAINS, bareHosts: [], regions: ['ap-guangzhou'], defaultRegion: 'ap-guangzhou' },
    limits: {},
    graceMs: 0,
    explainRequests: 1_000,
    onInternalError: (error) => void internal.push(error),
  });
  const other = await createKey(directory, UIN, UIN);
  const issuer = directory.find(PAIR.secretId)!.identity;
  const session = tokens.issue({ issuer, name: 'fuzz', policyText: undefined, durationS: 7_200 });
  const ground: Ground = {
    bucket: BUCKET,
    host: HOST,
    key: KEY,
    path: PATH,
    pair: PAIR,
    other,
    session,
    from: NOW_S - 60,
    to: NOW_S + 3_600,
  };
  await put(app, ground, '/', '/');
  await put(app, ground, `/${KEY}`, PATH);
  const wire = createWireServer({
    handler: app.handler,
    clock,
    newRequestId: () => app.services.ids.requestId(),
    renderParserError(error, { host, rawPath, requestId }) {
      const cosError = asCosError(error);
      const shown = {
        method: 'GET',
        resource: `${host}${rawPath}`,
        requestId,
        traceId: app.services.ids.traceId(requestId),
      };
      return renderError(cosError, resolve(cosError, errors), shown, clock.nowMs());
    },
    onHandlerError: (error) => void internal.push(error),
  });
  const { port } = await wire.listen('127.0.0.1', 0);
  return {
    ...{ app, ground, port, nowMs: clock.nowMs() },
    takeInternalErrors() {
      const taken = internal;
      internal = [];
      return taken;
    },
    async close() {
      await wire.close(0);
      await app.reaper.stop();
      await store.close();
    },
  };
}

async function put(app: App, { host, pair, from, to }: Ground, signedPath: string, path: string): Promise<void> {
  const value = authorization({ ...pair, method: 'PUT', path: signedPath, headers: [['host', host]], from, to });
  const headers = [
    ['host', host],
    ['authorization', value],
  ] as const;
  const reply = await app.handler(
    asWire({ method: 'PUT', path, query: '', headers, body: Buffer.alloc(0) }, NOW_S * 1_000),
  );
  if (reply.status !== 200) throw new Error(`PUT ${path} was answered ${reply.status}`);
}

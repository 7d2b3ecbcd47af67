/** Accounts, users, policies and temporary keys of a running server, made through its admin API and STS. */
import { request } from 'node:http';
import { type Call, callAdmin, type Endpoint } from '../../src/cli/admin-client.ts';
import { FORM, type StsAnswer, signedForm } from '../../src/sts/fixture.ts';
import type { Signer } from './permissions.ts';
import { SECRET_ID, SECRET_KEY, type ServerProcess } from './server-process.ts';

export const ROOT: Signer = { secretId: SECRET_ID, secretKey: SECRET_KEY };

/** Who owns or uses buckets, with the UIN that ACLs and policies name. */
export interface Person extends Signer {
  readonly uin: string;
}

export interface Account extends Person {
  readonly appid: string;
}

export interface Admin {
  call<T = Record<string, string>>(method: Call['method'], path: string, body?: Call['body']): Promise<T>;
  /** Another account, with a key of its root. */
  account(name: string): Promise<Account>;
  /** A user with a key. @param account UIN; default: the first */
  user(name: string, account?: string): Promise<Person>;
  /** Attaches a policy of this text to a user, in the place of what was attached under the user's name. */
  allow(user: string, statements: readonly object[], account?: string): Promise<void>;
  /** A temporary key of a permanent one. @param policy of the session */
  session(signer: Signer, statements: readonly object[], seconds: number): Promise<Signer>;
}

export function adminOf(server: ServerProcess): Admin {
  const endpoint: Endpoint = { host: '127.0.0.1', port: server.port, secretId: SECRET_ID, secretKey: SECRET_KEY };
  const attached = new Set<string>();
  const admin: Admin = {
    async call<T>(method: Call['method'], path: string, body?: Call['body']) {
      const [segments = '', account] = path.split('?account=');
      const query = account === undefined ? {} : { account };
      const call = { method, path: segments.split('/'), query, ...(body === undefined ? {} : { body }) };
      return (await callAdmin(endpoint, call)) as T;
    },
    async account(name) {
      const { uin, appid } = await admin.call<{ uin: string; appid: string }>('POST', 'accounts', { name });
      const pair = await admin.call<Signer>('POST', `keys?account=${uin}`, {});
      return { uin, appid, ...pairOf(pair) };
    },
    async user(name, account) {
      const of = account === undefined ? '' : `?account=${account}`;
      const { uin } = await admin.call<{ uin: string }>('POST', `users${of}`, { name });
      return { uin, ...pairOf(await admin.call<Signer>('POST', `keys${of}`, { user: name })) };
    },
    async allow(user, statements, account) {
      const of = account === undefined ? '' : `?account=${account}`;
      const text = JSON.stringify({ version: '2.0', statement: statements });
      const known = attached.has(`${user}${of}`);
      if (known) {
        await admin.call('PUT', `policies/of-${user}${of}`, { text });
        return;
      }
      await admin.call('POST', `policies${of}`, { name: `of-${user}`, text });
      await admin.call('PUT', `users/${user}/policies/of-${user}${of}`, {});
      attached.add(`${user}${of}`);
    },
    async session(signer, statements, seconds) {
      const policy = encodeURIComponent(JSON.stringify({ version: '2.0', statement: statements }));
      const answer = await askSts(server.port, signer, {
        ...{ Action: 'GetFederationToken', Name: 'test', Policy: policy, DurationSeconds: String(seconds) },
      });
      if (answer.Credentials === undefined) throw new Error(`no temporary key: ${JSON.stringify(answer)}`);
      const { TmpSecretId, TmpSecretKey, Token } = answer.Credentials;
      return { secretId: TmpSecretId, secretKey: TmpSecretKey, token: Token };
    },
  };
  return admin;
}

const pairOf = ({ secretId, secretKey }: Signer): Signer => ({ secretId, secretKey });

function askSts(port: number, { secretId, secretKey }: Signer, fields: Record<string, string>): Promise<StsAnswer> {
  const host = `127.0.0.1:${port}`;
  const given = { SecretId: secretId, Timestamp: String(Math.floor(Date.now() / 1_000)), ...fields };
  const body = signedForm(given, secretKey, 'POST', host);
  const headers = { host, 'content-type': FORM, 'content-length': Buffer.byteLength(body) };
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, method: 'POST', path: '/', headers, agent: false };
    const outgoing = request(options, (incoming) => {
      let text = '';
      incoming.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      incoming.on('end', () => resolve((JSON.parse(text) as { Response: StsAnswer }).Response));
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

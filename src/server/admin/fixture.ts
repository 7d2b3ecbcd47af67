/** An admin API on a directory in memory, and requests signed for it: for tests. */
import { createHash } from 'node:crypto';
import { directoryFixture, OPERATOR } from '../../access/directory/fixture.ts';
import { authorization } from '../../cos/signature/sign.ts';
import type { WireReply, WireRequest } from '../../http/types.ts';
import { openFixture } from '../../model/fixture.ts';
import { AdminApi } from './admin-api.ts';
import type { Route } from './route.ts';
import { adminRoutes } from './routes.ts';

export const ADMIN_HOST = '127.0.0.1:9000';

export interface AdminSent {
  readonly method: string;
  /** Decoded, below `/_cosette/admin/v1/`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Default: the first account. */
  readonly as?: { readonly secretId: string; readonly secretKey: string };
  /** Changes what is sent after it was signed. */
  readonly tamper?: (wire: { method: string; rawPath: string; rawQuery: string; headers: Map<string, string> }) => void;
  /** Sent in the place of the body that was signed. */
  readonly sentBody?: string;
}

export async function adminFixture(more: readonly Route[] = []) {
  const { services, clock } = await openFixture();
  const directory = await directoryFixture(services.store.meta).open();
  const internal: unknown[] = [];
  const onInternalError = (error: unknown) => internal.push(error);
  const routes = [...adminRoutes({ directory, services }), ...more];
  const api = new AdminApi({ directory, clock, routes, onInternalError });
  const send = async (sent: AdminSent) => answerOf(await api.handle(signed(sent, clock.nowMs())));
  return { api, directory, services, clock, internal, send };
}

function answerOf(reply: WireReply) {
  const text = typeof reply.body === 'string' ? reply.body : '';
  return { status: reply.status, headers: reply.headers, text, json: text === '' ? undefined : JSON.parse(text) };
}

function signed(sent: AdminSent, nowMs: number): WireRequest {
  const { method, path, query = {}, as = OPERATOR } = sent;
  const from = Math.floor(nowMs / 1_000);
  const params = Object.entries(query);
  const body = sent.body === undefined ? '' : JSON.stringify(sent.body);
  const headers = new Map([['host', ADMIN_HOST]]);
  if (body !== '') headers.set('x-cosette-content-sha256', createHash('sha256').update(body).digest('hex'));
  const whole = `/_cosette/admin/v1/${path}`;
  const { secretId, secretKey } = as;
  const input = { secretId, secretKey, method, path: whole, params, headers: [...headers], from, to: from + 300 };
  headers.set('authorization', authorization(input));
  const rawQuery = params.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
  const wire = { method, rawPath: whole.split('/').map(encodeURIComponent).join('/'), rawQuery, headers };
  sent.tamper?.(wire);
  return wireOf(wire, sent.sentBody ?? body, nowMs);
}

interface Wire {
  readonly method: string;
  readonly rawPath: string;
  readonly rawQuery: string;
  readonly headers: ReadonlyMap<string, string>;
}

function wireOf({ method, rawPath, rawQuery, headers }: Wire, text: string, nowMs: number): WireRequest {
  const bytes = Buffer.from(text);
  return {
    ...{
      method,
      rawPath,
      rawQuery,
      host: ADMIN_HOST,
      secure: false,
      tlsVersion: undefined,
      remoteAddress: '127.0.0.1',
      requestId: 'id',
    },
    rawTarget: rawQuery === '' ? rawPath : `${rawPath}?${rawQuery}`,
    rawHeaders: [...headers].flat(),
    header: (name) => headers.get(name),
    receivedAtMs: nowMs,
    body: {
      length: bytes.length,
      unannounced: false,
      async readAll(maxBytes, tooLarge) {
        if (bytes.length > maxBytes) throw tooLarge ?? new Error('too large');
        return bytes;
      },
      async *chunks() {
        yield bytes;
      },
    },
  };
}

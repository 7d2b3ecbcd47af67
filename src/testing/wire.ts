/** The address of a server for tests, in front of whatever state is served at the moment. */
import { asCosError, renderError, resolve } from '../cos/errors.ts';
import { createWireServer, type WireServer } from '../http/server.ts';
import type { WireReply, WireRequest } from '../http/types.ts';
import type { Clock } from '../platform/clock.ts';
import type { ServerConfig } from '../platform/config/index.ts';
import type { Log } from '../platform/log.ts';
import { proxyRules } from '../server/proxy-rules.ts';
import type { RequestLog } from './request-log.ts';
import type { Stage } from './stage.ts';

export interface Served {
  /** The state that is served now. */
  stage: Stage;
  /** While there is none; requests wait for it. */
  change: Promise<unknown> | undefined;
}

export function wireFor(
  served: Served,
  { config, clock, log, requests }: { config: ServerConfig; clock: Clock; log: Log; requests: RequestLog },
): WireServer {
  const { limits } = config;
  const stages = new WeakMap<WireRequest, Stage>();
  const handle = (request: WireRequest): WireReply | Promise<WireReply> => {
    const stage = served.stage;
    stages.set(request, stage);
    return stage.handle(request);
  };
  const rules = () => proxyRules(served.stage.app.hosts, config, log);
  return createWireServer({
    handler: (request) => (served.change === undefined ? handle(request) : served.change.then(() => handle(request))),
    renderParserError(error, { host, rawPath, requestId }) {
      const cosError = asCosError(error);
      const traceId = served.stage.app.services.ids.traceId(requestId);
      const shown = { method: 'GET', resource: `${host}${rawPath}`, requestId, traceId };
      return renderError(cosError, resolve(cosError, config.errors), shown, clock.nowMs());
    },
    clock,
    newRequestId: () => served.stage.app.services.ids.requestId(),
    limits: {
      headerBytes: limits.headerBytes,
      bodyTimeoutMs: limits.bodyStallMs,
      uploadMs: limits.uploadMs,
      headTimeoutMs: limits.headStallMs,
      keepAliveMs: limits.keepAliveMs,
      connections: limits.connections,
    },
    proxy: {
      ownsTarget: (authority) => rules().ownsTarget(authority),
      ownsTunnel: (authority, localAddress) => rules().ownsTunnel(authority, localAddress),
      onRefused: (authority, method, remote) => rules().onRefused(authority, method, remote),
    },
    onFinished(request, status, bytes, ms) {
      requests.add(request, status, bytes, ms);
      stages.get(request)?.finished(request, status, bytes, ms);
    },
    onHandlerError: (error, request) => log.error('answer failed', { error, requestId: request.requestId }),
  });
}

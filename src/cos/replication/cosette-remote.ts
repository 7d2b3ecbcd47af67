/** A bucket of another Cosette server: replicas keep version id and time. The other side: src/server/replica-intake.ts. */
import { type Remote, type RemoteBucket, RemoteError } from '../../features/replication/remotes.ts';
import type { ReplicaMeta } from '../../features/replication/replica.ts';
import type { BodyStream } from '../../model/body.ts';
import type { UploadAnswer } from '../../platform/outbound/upload.ts';
import { endpointOf, failureOf, type SignedSender } from './endpoint.ts';
import { REPLICA_HEADER, REPLICA_PREFIX, writeReplicaHeader } from './replica-header.ts';

export class CosetteRemote implements Remote {
  readonly #sender: SignedSender;
  readonly #endpoint: string;

  constructor(sender: SignedSender, endpoint: string) {
    this.#sender = sender;
    this.#endpoint = endpoint;
  }

  async look({ bucket, region }: RemoteBucket): Promise<'ready' | 'not-versioned' | 'missing'> {
    const { origin } = endpointOf(this.#endpoint, bucket, region);
    const signal = new AbortController().signal;
    const answer = await this.#sender.send({ method: 'GET', origin, path: pathOf(region, bucket, ''), signal });
    if (answer.status === 200) return jsonOf(answer)['versioning'] === 'enabled' ? 'ready' : 'not-versioned';
    const code = codeOf(answer);
    if (code === 'NoSuchBucket') return 'missing';
    if (answer.status === 403) throw new RemoteError('refused', `${origin.host}: ${code}`);
    throw failureOf(origin.host, answer.status, code);
  }

  async send(
    { bucket, region }: RemoteBucket,
    key: string,
    meta: ReplicaMeta,
    body: BodyStream,
    signal: AbortSignal,
  ): Promise<void> {
    const { origin } = endpointOf(this.#endpoint, bucket, region);
    const answer = await this.#sender.send({
      method: 'PUT',
      origin,
      path: pathOf(region, bucket, key),
      signed: [[REPLICA_HEADER, writeReplicaHeader(meta)]],
      body,
      signal,
    });
    if (answer.status !== 204) throw failureOf(origin.host, answer.status, codeOf(answer));
  }
}

function pathOf(region: string, bucket: string, key: string): string {
  return `${REPLICA_PREFIX}${region}/${bucket}/${key}`;
}

function jsonOf({ body }: UploadAnswer): Record<string, unknown> {
  try {
    return JSON.parse(body.toString('utf8')) as Record<string, unknown>;
  } catch {
    return {};
  }
}

function codeOf(answer: UploadAnswer): string {
  const code = (jsonOf(answer)['error'] as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' && /^[A-Za-z]{1,64}$/.test(code) ? code : '';
}

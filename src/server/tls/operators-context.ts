/** The operator's certificate, shown for every name. It is read again when its files change: certificates are renewed. */
import { createSecureContext, type SecureContext } from 'node:tls';
import type { TlsContexts } from '../../http/tls-door.ts';
import { CertificateError } from '../../platform/certificates/certificate-error.ts';
import { type PairFiles, readPair, versionOf } from '../../platform/certificates/pair-files.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Log } from '../../platform/log.ts';

/** How often the files are looked at, at most. ms */
const LOOK_MS = 10_000;

export class OperatorsContext implements TlsContexts {
  readonly #files: PairFiles;
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  readonly #log: Pick<Log, 'info' | 'warn'>;
  #context: SecureContext;
  #version: string;
  #lookedMs: number;

  /**
   * @throws CertificateError when they are none or do not belong together; Node's own errors when they cannot be read
   */
  constructor(files: PairFiles, clock: Pick<Clock, 'monotonicMs'>, log: Pick<Log, 'info' | 'warn'>) {
    this.#files = files;
    this.#clock = clock;
    this.#log = log;
    this.#version = versionOf(files);
    this.#context = this.#load();
    this.#lookedMs = clock.monotonicMs();
  }

  contextFor(): SecureContext {
    const nowMs = this.#clock.monotonicMs();
    if (nowMs - this.#lookedMs >= LOOK_MS) {
      this.#lookedMs = nowMs;
      this.#renew();
    }
    return this.#context;
  }

  #renew(): void {
    try {
      const version = versionOf(this.#files);
      if (version === this.#version) return;
      this.#version = version;
      this.#context = this.#load();
      this.#log.info('the certificate was read again', { file: this.#files.cert });
    } catch (error) {
      // Half of a renewal: the other file follows, and changes the version once more.
      this.#log.warn('the certificate cannot be read again, the one before stays', { file: this.#files.cert, error });
    }
  }

  #load(): SecureContext {
    const pair = readPair(this.#files);
    try {
      return createSecureContext(pair);
    } catch (error) {
      const why = (error as Error).message;
      const { cert, key } = this.#files;
      throw new CertificateError(`${cert} and ${key} are no certificate and its key in PEM: ${why}`);
    }
  }
}

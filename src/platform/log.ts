/**
 * The log: structured lines, one a happening, and one access line a request. Lines are written in the background and
 * in batches; what the destination cannot take within its backlog is dropped and counted, so that a slow disk or
 * reader never holds requests or memory.
 */
import { closeSync, openSync } from 'node:fs';
import { isatty } from 'node:tty';
import { type DestinationStream, pino } from 'pino';
import { type AccessLine, accessLineWriter } from './access-line.ts';
import { type Clock, systemClock } from './clock.ts';
import { hideSecrets, lineAsText } from './log-lines.ts';
import { LogSink } from './log-sink.ts';

export type { AccessLine } from './access-line.ts';

export interface LogOptions {
  readonly level: 'silent' | 'error' | 'warn' | 'info' | 'debug';
  /** `auto`: text on a terminal, JSON elsewhere. */
  readonly format: 'auto' | 'json' | 'text';
  /** File to append to, or `-` for standard error. */
  readonly file: string;
  /** Whether access lines are written. */
  readonly access: boolean;
  /** Own file for access lines; else they go where the log goes. */
  readonly accessFile?: string | undefined;
}

export type LogFields = Readonly<Record<string, unknown>>;

export interface Log {
  error(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  debug(message: string, fields?: LogFields): void;
  /** True when access lines are written: who builds them may ask first. */
  readonly accessEnabled: boolean;
  access(line: AccessLine): void;
  /** Lines given up because the destination was too slow. */
  readonly dropped: number;
  /** Writes everything out, blocking; for the last moment of a process. */
  flushSync(): void;
  /** Writes everything out and closes files. Lines after it are lost. */
  close(): Promise<void>;
}

const TERMINAL = { batchBytes: 1, flushMs: 0, backlogBytes: 1024 ** 2 } as const;
const ELSEWHERE = { batchBytes: 64 * 1024, flushMs: 250, backlogBytes: 16 * 1024 ** 2 } as const;
/** Log files are readable by their owner and group. */
const FILE_MODE = 0o640;

/** @throws Error of `fs.openSync` when a file cannot be opened */
export function openLog(options: LogOptions, clock: Clock = systemClock): Log {
  const sinks: { readonly sink: LogSink; readonly fd: number }[] = [];
  const openSink = (file: string): DestinationStream => {
    const fd = file === '-' ? 2 : openSync(file, 'a', FILE_MODE);
    const terminal = isatty(fd);
    const sink = new LogSink({ fd, ...(terminal ? TERMINAL : ELSEWHERE) });
    sinks.push({ sink, fd });
    const text = options.format === 'text' || (options.format === 'auto' && terminal);
    return text ? { write: (line) => sink.write(lineAsText(line)) } : sink;
  };
  const timestamp = () => `,"time":"${new Date(clock.nowMs()).toISOString()}"`;
  const common = {
    base: null,
    timestamp,
    messageKey: 'message',
    errorKey: 'error',
    formatters: { level: (label: string) => ({ level: label }) },
  };
  const main = openSink(options.file);
  const logger = pino({ ...common, level: options.level, hooks: { streamWrite: hideSecrets } }, main);
  let access: DestinationStream | undefined;
  if (options.access && options.accessFile !== undefined) access = openSink(options.accessFile);
  else if (options.access && logger.isLevelEnabled('info')) access = main;
  const renderAccess = accessLineWriter(clock);
  return {
    error: (message, fields) => logger.error(fields ?? {}, message),
    warn: (message, fields) => logger.warn(fields ?? {}, message),
    info: (message, fields) => logger.info(fields ?? {}, message),
    debug: (message, fields) => logger.debug(fields ?? {}, message),
    accessEnabled: access !== undefined,
    access: (line) => access?.write(renderAccess(line)),
    get dropped() {
      return sinks.reduce((sum, { sink }) => sum + sink.dropped, 0);
    },
    flushSync: () => {
      for (const { sink } of sinks) sink.flushSync();
    },
    close: async () => {
      await Promise.all(sinks.map(({ sink }) => sink.close()));
      // Standard error is not ours to close.
      for (const { fd } of sinks.splice(0)) if (fd !== 2) closeSync(fd);
    },
  };
}

/** A log that writes nothing. */
export const silentLog: Log = {
  error: () => undefined,
  warn: () => undefined,
  info: () => undefined,
  debug: () => undefined,
  accessEnabled: false,
  access: () => undefined,
  dropped: 0,
  flushSync: () => undefined,
  close: () => Promise.resolve(),
};

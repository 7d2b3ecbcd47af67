/** One row: stretches of the bare server and of the real one in turn, so that a noisy machine disturbs both alike. */
import type { Effort } from './cases.ts';
import { Histogram } from './histogram.ts';
import type { LoadGenerator } from './load/generator.ts';
import type { Job, RunResult } from './load/job.ts';
import { cpuMs, forgetPeak, peakRss } from './process-stats.ts';

export interface Side {
  readonly generator: LoadGenerator;
  /** Of the server. */
  readonly pid: number;
  readonly job: Job;
}

/** What one side did in all its stretches. */
export interface SideResult {
  /** Median of the stretches. */
  readonly perSecond: number;
  /** Median of the stretches, of bodies. */
  readonly bytesPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** CPU time of the server; undefined where the system does not tell. */
  readonly cpuMsPerRequest: number | undefined;
  /** bytes */
  readonly peakRss: number | undefined;
  readonly requests: number;
  readonly sampled: number;
}

export interface Measured {
  readonly real: SideResult;
  readonly bare: SideResult;
  /** Median over the pairs of stretches: requests per second, real by bare. */
  readonly ratio: number;
}

export interface MeasureOptions {
  readonly effort: Effort;
  /** Most requests of one stretch, warm-up included. */
  readonly requests: number;
  /** Runs before each pair of stretches, while no load runs. */
  readonly between?: () => Promise<void>;
  /** Where the pairs of `effort` are too few to tell on which side of a floor the ratio lies: goes on, up to so many. */
  readonly settle?: { readonly floor: number; readonly mostRounds: number };
}

/** @throws Error when an answer was wrong: figures of a server that answers wrongly mean nothing */
export async function measure(real: Side, bare: Side, options: MeasureOptions): Promise<Measured> {
  const { effort, requests, between, settle } = options;
  await bare.generator.assign(bare.job);
  await real.generator.assign(real.job);
  const recorders = { real: new Recorder(real), bare: new Recorder(bare) };
  const warmUp = { ms: effort.ms / 3, requests: Math.ceil(requests / 3) };
  await recorders.bare.run(warmUp, false);
  await recorders.real.run(warmUp, false);
  forgetPeak(real.pid);
  const ratios: number[] = [];
  const goesOn = (round: number): boolean =>
    round < effort.rounds || (settle !== undefined && round < settle.mostRounds && !isSettled(ratios, settle.floor));
  for (let round = 0; goesOn(round); round++) {
    await between?.();
    const order = round % 2 === 0 ? (['bare', 'real'] as const) : (['real', 'bare'] as const);
    const rates = { real: 0, bare: 0 };
    for (const side of order) rates[side] = await recorders[side].run({ ms: effort.ms, requests }, true);
    if (rates.bare > 0 && rates.real > 0) ratios.push(rates.real / rates.bare);
  }
  return { real: recorders.real.result(), bare: recorders.bare.result(), ratio: median(ratios) };
}

/** Three standard deviations of a fair coin: asked after each pair, chance must not settle it by the way. */
export function isSettled(ratios: readonly number[], floor: number): boolean {
  const above = ratios.filter((ratio) => ratio >= floor).length;
  return Math.abs(above - ratios.length / 2) >= 1.5 * Math.sqrt(ratios.length);
}

class Recorder {
  readonly #side: Side;
  readonly #rates: number[] = [];
  readonly #byteRates: number[] = [];
  readonly #latencies = new Histogram();
  #cpuMs = 0;
  #requests = 0;
  #sampled = 0;

  constructor(side: Side) {
    this.#side = side;
  }

  /** @returns requests per second; 0 when there was nothing left to do */
  async run(limits: { ms: number; requests: number }, counts: boolean): Promise<number> {
    const { generator, pid, job } = this.#side;
    const before = cpuMs(pid) ?? Number.NaN;
    const result = await generator.run(limits);
    const spent = (cpuMs(pid) ?? Number.NaN) - before;
    refuseWrong(result, job);
    const rate = (result.requests * 1000) / result.ms;
    if (!counts || result.requests === 0) return rate;
    this.#rates.push(rate);
    this.#byteRates.push((result.bytes * 1000) / result.ms);
    this.#latencies.add(new Histogram(result.latencies));
    this.#cpuMs += spent;
    this.#requests += result.requests;
    this.#sampled += result.sampled;
    return rate;
  }

  result(): SideResult {
    return {
      perSecond: median(this.#rates),
      bytesPerSecond: median(this.#byteRates),
      p50Ms: this.#latencies.quantile(0.5),
      p99Ms: this.#latencies.quantile(0.99),
      cpuMsPerRequest: Number.isNaN(this.#cpuMs) ? undefined : this.#cpuMs / this.#requests,
      peakRss: peakRss(this.#side.pid),
      requests: this.#requests,
      sampled: this.#sampled,
    };
  }
}

export function refuseWrong(result: RunResult, job: Job): void {
  if (result.wrong === 0) return;
  throw new Error(`${result.wrong} wrong answers to ${job.method} ${job.keys.prefix}: ${result.examples.join(' | ')}`);
}

/** NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length === 0) return Number.NaN;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

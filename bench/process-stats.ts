/** CPU time and memory of another process, from /proc. Elsewhere than on Linux nothing is known. */
import { readFileSync, writeFileSync } from 'node:fs';

/** Linux gives times to user space in this unit. */
const TICK_MS = 10;

function read(pid: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return undefined;
  }
}

/** CPU time of all threads since the start, ms. */
export function cpuMs(pid: number): number | undefined {
  const stat = read(pid, 'stat');
  if (stat === undefined) return undefined;
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

function memory(pid: number, name: string): number | undefined {
  const found = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(read(pid, 'status') ?? '');
  return found === null ? undefined : Number(found[1]) * 1024;
}

/** Resident memory now, bytes. */
export function rss(pid: number): number | undefined {
  return memory(pid, 'VmRSS');
}

/** The most resident memory since `forgetPeak`, bytes. */
export function peakRss(pid: number): number | undefined {
  return memory(pid, 'VmHWM');
}

export function forgetPeak(pid: number): void {
  try {
    writeFileSync(`/proc/${pid}/clear_refs`, '5');
  } catch {
    // The peak is then that of the whole life.
  }
}

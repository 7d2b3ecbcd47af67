/**
 * `node --expose-gc examples/testing/many-servers.mjs [N]`: starts and stops N servers, default 100, after as many to warm
 * up. Prints one line of JSON: the time of a start, and what is left behind.
 */
import { get } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { startCosette } from 'cosette/testing';

const count = Number(process.argv[2] ?? 100);

function ask(port) {
  return new Promise((resolve, reject) => {
    get({ port, host: '127.0.0.1', agent: false }, (answer) => answer.resume().once('end', resolve)).once(
      'error',
      reject,
    );
  });
}

/** @returns {Promise<number[]>} ms of each start */
async function round() {
  const times = [];
  for (let at = 0; at < count; at += 1) {
    const began = performance.now();
    const server = await startCosette();
    times.push(performance.now() - began);
    await ask(server.port);
    await server.stop();
  }
  return times;
}

async function state() {
  await pause(100);
  globalThis.gc();
  const { heapUsed, rss } = process.memoryUsage();
  return { handles: process.getActiveResourcesInfo(), heapBytes: heapUsed, rssBytes: rss };
}

await round();
const before = await state();
const times = (await round()).sort((a, b) => a - b);
const after = await state();
console.log(JSON.stringify({ count, medianMs: times[count >> 1], slowestMs: times.at(-1), before, after }));

/** Fixtures for Vitest: one server for each file, and a fresh state for each test that asks for it. */
import COS from 'cos-nodejs-sdk-v5';
import { startCosette } from 'cosette/testing';
import { test as base } from 'vitest';

export const test = base.extend({
  server: [
    // biome-ignore lint/correctness/noEmptyPattern: the runner reads the names of fixtures from it
    async ({}, use) => {
      const server = await startCosette();
      await use(server);
      await server.stop();
    },
    { scope: 'file' },
  ],

  cosette: async ({ server }, use) => {
    await server.reset();
    await use(server);
  },

  cos: async ({ cosette }, use) => {
    await use(new COS(cosette.cos()));
  },
});

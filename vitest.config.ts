import { defineConfig } from 'vitest/config';

const shared = {
  testTimeout: 30_000,
  hookTimeout: 60_000,
  maxWorkers: 2,
  // Loading the modules anew for each file took as long as the tests.
  isolate: false,
  setupFiles: ['test/support/setup.ts'],
};

export default defineConfig({
  test: {
    ...shared,
    projects: [
      {
        test: {
          ...shared,
          name: 'unit',
          include: ['src/**/*.test.ts', 'test/*.test.ts', 'test/model/**/*.test.ts', 'bench/**/*.test.ts'],
        },
      },
      {
        test: {
          ...shared,
          name: 'end-to-end',
          include: ['test/e2e/**/*.test.ts'],
          globalSetup: ['test/support/build.mjs'],
        },
      },
    ],
  },
});

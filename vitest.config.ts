import { defineConfig } from 'vitest/config';

const limits = { testTimeout: 30_000, hookTimeout: 120_000 };

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...limits,
          name: 'unit',
          include: ['apps/**/*.test.ts', 'libs/**/*.test.ts', 'tools/**/*.test.ts'],
          exclude: ['**/node_modules/**', 'tools/interop/**'],
        },
      },
      {
        // One real stack for all of them, and some of them kill parts of it: a file at a time.
        test: {
          ...limits,
          name: 'interop',
          include: ['tools/interop/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 600_000,
        },
      },
    ],
  },
});

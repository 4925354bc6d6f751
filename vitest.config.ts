import { defineConfig } from 'vitest/config';

const unit = ['test/**/*.test.ts'];
const e2e = ['test/e2e/**/*.test.ts'];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: unit,
          exclude: e2e,
          testTimeout: 30_000,
          pool: 'threads',
        },
      },
      {
        test: { name: 'e2e', include: e2e, testTimeout: 900_000, hookTimeout: 900_000, fileParallelism: false },
      },
    ],
  },
});

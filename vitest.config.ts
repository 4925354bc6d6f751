import { defineConfig } from 'vitest/config';

const unit = ['test/**/*.test.ts'];
const e2e = ['test/e2e/**/*.test.ts'];
const genaiPerf = ['test/genai-perf/**/*.test.ts'];
const browser = ['test/browser/**/*.test.ts'];
const trino = ['test/trino/**/*.test.ts'];
const aws = ['test/aws/**/*.test.ts'];
const infra = ['test/infra/**/*.test.ts'];
const kubernetes = ['test/kubernetes/**/*.test.ts'];

// .ci/run reads the counts of a tier from here.
const json = process.env.VITEST_JSON;

export default defineConfig({
  test: {
    ...(json === undefined ? {} : { reporters: ['default', ['json', { outputFile: json }]] }),
    projects: [
      {
        test: {
          name: 'unit',
          include: unit,
          exclude: [...e2e, ...genaiPerf, ...trino, ...browser, ...aws, ...infra, ...kubernetes],
          testTimeout: 30_000,
          pool: 'threads',
        },
      },
      {
        test: { name: 'e2e', include: e2e, testTimeout: 900_000, hookTimeout: 900_000, fileParallelism: false },
      },
      {
        test: {
          name: 'genai-perf',
          include: genaiPerf,
          testTimeout: 300_000,
          hookTimeout: 900_000,
          fileParallelism: false,
        },
      },
      {
        test: { name: 'browser', include: browser, testTimeout: 120_000, hookTimeout: 300_000 },
      },
      {
        test: { name: 'aws', include: aws, testTimeout: 120_000, hookTimeout: 600_000, fileParallelism: false },
      },
      {
        test: { name: 'infra', include: infra, testTimeout: 120_000, hookTimeout: 300_000 },
      },
      {
        test: {
          name: 'kubernetes',
          include: kubernetes,
          // Starts the one cluster, and builds it where it never was.
          globalSetup: 'test/kubernetes/cluster/global-setup.ts',
          testTimeout: 600_000,
          hookTimeout: 1_800_000,
          // Whatever the machine has: they wait for the cluster most of the time.
          maxWorkers: 4,
        },
      },
      {
        test: { name: 'trino', include: trino, testTimeout: 600_000, hookTimeout: 900_000, fileParallelism: false },
      },
    ],
  },
});

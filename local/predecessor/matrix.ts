/** What the predecessor measured, as a matrix of this project: its cells have the ids that such a run gives them. */
export const PREDECESSOR_MATRIX = {
  name: 'predecessor',
  description: 'gpt-oss-20b on four sizes of G5, as measured in August 2025 by the predecessor of StepBench.',
  matrix: {
    instanceType: ['g5.8xlarge', 'g5.12xlarge', 'g5.16xlarge', 'g5.48xlarge'],
    concurrency: [10, 20, 40, 80, 120, 200],
    include: [
      { instanceType: 'g5.12xlarge', tensorParallel: 4 },
      { instanceType: 'g5.48xlarge', tensorParallel: 4, note: 'four of the eight GPUs idle, and are paid for' },
    ],
  },
  defaults: {
    model: 'openai/gpt-oss-20b',
    tensorParallel: 1,
    shmGiB: 10,
    isl: 200,
    islStddev: 20,
    osl: 100,
    oslStddev: 10,
    endpoint: 'completions',
    streaming: false,
  },
  load: { generator: 'genai-perf' },
  budgetUsd: 200,
} as const;

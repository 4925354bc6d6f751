import type { Cell, Deployment } from '#core/plan/types.ts';
import type { CapacityType, PriceQuote } from '#core/ports/prices.ts';
import type { SqlValue } from '#core/ports/sql.ts';
import type { CellRow } from '#core/results/cell-columns.ts';
import type { DeploymentRow } from '#core/results/deployment-columns.ts';
import { deploymentRow, sharedNodeRow } from '#core/results/deployment-row.ts';
import type { Distribution, Measurement } from '#core/results/measurement.ts';
import { parametersOf, QUESTIONS } from '#core/results/questions.ts';
import { failedRow, measuredRow } from '#core/results/row.ts';
import { judge } from '#core/results/validity.ts';
import { loadQueries } from '#local/sql/query-files.ts';
import type { ReportInput } from '#report/input.ts';
import { noNode, sampleCell, sampleDeployment, sampleNode } from '#test/core/results/samples.ts';
import { answer } from '#test/local/sql/answer.ts';
import { openResults, type ResultsStore, SAMPLE_DAY, writeResults } from '#test/local/sql/results-store.ts';

export interface SampleRun {
  run?: string;
  name?: string;
  startedAt?: string;
  simulated?: boolean;
  repeats?: number;
  concurrencies?: readonly number[];
  /** Each is a workload. */
  inputLengths?: readonly number[];
  /** Deployments of each instance type, told apart by their engine's arguments. */
  variants?: number;
  /** How many of the five kinds of deployment; the fifth gets no node. */
  types?: number;
  model?: string;
  slo?: ReportInput['plan']['slo'];
  /** Without those that fail and those that are not valid. */
  flawless?: boolean;
  /** Everything is so many times as fast. */
  speed?: number;
}

/** How fast a node is, roughly: tokens per second when saturated, and seconds of a request when alone. */
const TYPES = [
  { instanceType: 'g5.8xlarge', gpuCount: 1, tensorParallel: 1, usd: 2.448, peak: 1450, alone: 2.1 },
  { instanceType: 'g5.12xlarge', gpuCount: 4, tensorParallel: 4, usd: 5.672, peak: 2650, alone: 1.4 },
  { instanceType: 'g5.12xlarge', gpuCount: 4, tensorParallel: 2, usd: 5.672, peak: 2010, alone: 1.6 },
  { instanceType: 'g6e.4xlarge', gpuCount: 1, tensorParallel: 1, usd: 3.00424, peak: 2380, alone: 1.3 },
  { instanceType: 'g6.48xlarge', gpuCount: 8, tensorParallel: 8, usd: 13.3504, peak: 3100, alone: 1.2 },
] as const;

const OUTPUT_TOKENS = 128;

/** The same numbers each time: a report is compared with itself. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const distribution = (avg: number, spread: number): Distribution => ({
  avg,
  min: avg * (1 - spread / 2),
  max: avg * (1 + 2 * spread),
  std: avg * spread * 0.4,
  p50: avg * 0.99,
  p75: avg * (1 + spread * 0.3),
  p90: avg * (1 + spread * 0.7),
  p95: avg * (1 + spread),
  p99: avg * (1 + spread * 1.5),
});

/** Rows and nodes by the real builders over invented measurements, and no answers yet. */
export function sampleRun(options: SampleRun = {}): ReportInput {
  const {
    repeats = 3,
    concurrencies = [1, 4, 16, 64, 128],
    inputLengths = [200],
    variants = 1,
    simulated = false,
  } = options;
  const { run = 'sample', name = 'g5-against-g6', startedAt = '2026-01-31T09:00:00.000Z', flawless = false } = options;
  const { model = 'openai/gpt-oss-20b', speed = 1, slo = { requestLatencyP95Ms: 8000, ttftP95Ms: 1000 } } = options;
  const next = random(7);
  const rows: CellRow[] = [];
  const nodes: DeploymentRow[] = [];
  const cellsOf: Record<string, string[]> = {};
  for (const [kind, type] of TYPES.slice(0, options.types).entries()) {
    for (let variant = 0; variant < variants; variant += 1) {
      const price: PriceQuote = {
        instanceType: type.instanceType,
        region: 'us-east-1',
        capacityType: 'on-demand' as CapacityType,
        priceUsdPerHour: type.usd,
        feeUsdPerHour: type.usd * 0.078,
        source: 'AWS Price List (us-east-1, Linux, on demand)',
        effectiveAt: '2026-01-20',
      };
      const id = `d${kind}v${variant}`;
      const deployment: Deployment = {
        ...sampleDeployment,
        id,
        instanceType: type.instanceType,
        gpuName: type.instanceType.startsWith('g6e') ? 'L40S' : type.instanceType.startsWith('g6') ? 'L4' : 'A10G',
        gpuCount: type.gpuCount,
        tensorParallel: type.tensorParallel,
        model,
        engineArguments: variants > 1 ? ['--max-num-batched-tokens', String(1024 * (variant + 1))] : [],
        prices: [price],
        cells: [],
      };
      const own: CellRow[] = [];
      for (const isl of inputLengths)
        for (const concurrency of concurrencies)
          for (let repeat = 1; repeat <= repeats; repeat += 1) {
            const cell: Cell = {
              ...sampleCell,
              id: `${id}i${isl}c${concurrency}r${repeat}`,
              concurrency,
              isl,
              osl: OUTPUT_TOKENS,
              repeat,
              requestCount: concurrency * 10,
              warmupRequestCount: concurrency,
            };
            deployment.cells.push(cell);
            const failed = !flawless && kind === 4 && variant === 0;
            const starved = !flawless && kind === 1 && concurrency === 128;
            const context = { run, deployment, cell, recordedAt: startedAt };
            if (failed) {
              const reason = 'No g6.48xlarge in us-east-1 for 10 minutes. Try another region, or capacity type spot.';
              own.push(
                failedRow({ ...context, node: noNode, price: null, error: 'NoCapacity', reason, artifacts: null }),
              );
              continue;
            }
            const measurement = invented(
              type,
              isl,
              concurrency,
              starved ? 0.6 : 1,
              speed * (0.97 + 0.06 * next()),
              startedAt,
            );
            const { valid, reasons } = judge(measurement, cell);
            own.push(
              measuredRow({
                ...context,
                node: { ...sampleNode, simulated },
                price,
                measurement,
                validity: {
                  valid,
                  reasons: reasons.map(({ code }) => code),
                  sentences: reasons.map(({ sentence }) => sentence),
                },
                artifacts: `runs/${run}/artifacts/${id}/${cell.id}/1/`,
              }),
            );
          }
      rows.push(...own);
      cellsOf[id] = own.map(({ cell_id }) => cell_id);
      const bought = own.some(({ status }) => status === 'measured');
      const life = {
        run,
        attempt: 1,
        node: { ...(bought ? sampleNode : noNode), simulated },
        price: bought ? price : null,
        launchedAt: bought ? startedAt : null,
        releasedAt: startedAt,
        seconds: bought
          ? { launch: 60, pull: 130, load: 210 + 60 * kind, measure: own.length * 45, idle: 40, release: 130 }
          : { launch: 0, pull: 0, load: 0, measure: 0, idle: 0, release: 0 },
        downloads: { imageGiB: 9.5, weightsGiB: 12.8 },
        recordedAt: startedAt,
      };
      nodes.push(deploymentRow({ ...life, deployment, rows: own, failure: null }));
    }
  }
  const loadPrice: PriceQuote = {
    instanceType: 'c7i.2xlarge',
    region: 'us-east-1',
    capacityType: 'on-demand',
    priceUsdPerHour: 0.357,
    feeUsdPerHour: 0.04284,
    source: 'AWS Price List (us-east-1, Linux, on demand)',
    effectiveAt: '2026-01-20',
  };
  nodes.push(
    sharedNodeRow({
      run,
      attempt: 1,
      role: 'load',
      instanceType: 'c7i.2xlarge',
      vcpus: 8,
      node: { ...sampleNode, simulated, instanceId: 'i-0load' },
      price: loadPrice,
      launchedAt: startedAt,
      releasedAt: startedAt,
      seconds: { launch: 50, pull: 30, load: 0, measure: 2600, idle: 300, release: 60 },
      downloads: { imageGiB: 1, weightsGiB: null },
      recordedAt: startedAt,
    }),
  );
  return {
    plan: {
      run,
      name,
      region: 'us-east-1',
      slo,
      startedAt,
      budgetUsd: 40,
      estimate: { totalUsd: 21.3 } as ReportInput['plan']['estimate'],
      generator: 'aiperf',
      staging: 'bucket',
      cluster: { name: 'stepbench', ephemeral: false, version: '1.36' },
      matrix: {
        name,
        matrix: { instanceType: TYPES.map(({ instanceType }) => instanceType), concurrency: concurrencies },
      },
      cellsOf,
    },
    rows,
    nodes,
    spent: { nodesUsd: 12.5, sharedUsd: 2.25, reservedUsd: 0 },
    answers: [],
    queries: loadQueries(),
    writtenAt: '2026-01-31T12:00:00.000Z',
  };
}

/** Little's law over a node that saturates: occupancy is 1, unless the load generator starves it. */
function invented(
  { peak, alone }: (typeof TYPES)[number],
  isl: number,
  concurrency: number,
  occupancy: number,
  factor: number,
  startedAt: string,
): Measurement {
  const load = concurrency / 24;
  const tokens = peak * factor * (load / (1 + load)) * (400 / (200 + isl)) + (concurrency * 8) / alone;
  const requestsPerS = tokens / OUTPUT_TOKENS;
  const latency = (occupancy * concurrency * 1000) / requestsPerS;
  const durationSeconds = (concurrency * 10) / requestsPerS;
  return {
    generator: 'aiperf',
    generatorVersion: '0.13.0',
    startedAt,
    endedAt: new Date(Date.parse(startedAt) + durationSeconds * 1000).toISOString(),
    durationSeconds,
    requestCount: concurrency * 10,
    errorCount: 0,
    warmupRequestCount: concurrency,
    cancelled: false,
    errors: [],
    requestThroughputPerS: requestsPerS,
    outputTokensPerS: tokens,
    inputTokensPerS: requestsPerS * isl,
    requestLatencyMs: distribution(latency, 0.25),
    ttftMs: distribution(latency * 0.08, 0.6),
    itlMs: distribution((latency * 0.92) / OUTPUT_TOKENS, 0.2),
    islTokens: distribution(isl, 0),
    oslTokens: distribution(OUTPUT_TOKENS, 0),
    clientDelayMs: { avg: 1, p99: 4 },
    goodputPerS: null,
    gpu: null,
    engineCounters: null,
  };
}

/** The run with what DuckDB answers over its rows. */
export async function answered(input: ReportInput): Promise<ReportInput> {
  const results = await openResults();
  try {
    return await answeredBy(results, input);
  } finally {
    await results.close();
  }
}

/** The same by a database that is open: whatever it held is gone. */
export async function answeredBy({ store, sql }: ResultsStore, input: ReportInput): Promise<ReportInput> {
  for await (const { key } of store.list('results/')) await store.delete(key);
  await writeResults(store, { cells: input.rows, deployments: input.nodes });
  for (const view of input.queries.views) await answer(sql, view.sql);
  const answers: { name: string; rows: ReportInput['answers'][number]['rows'] }[] = [];
  for (const name of QUESTIONS) {
    const parameters = parametersOf(input.queries.questions[name], { ...input.plan, day: SAMPLE_DAY }) as SqlValue[];
    answers.push({ name, rows: await answer(sql, input.queries.questions[name].sql, parameters) });
  }
  return { ...input, answers };
}

import type { SqlRow } from '#core/ports/sql.ts';
import type { CellRow } from '#core/results/cell-columns.ts';
import { extrapolatedDeployments } from '#core/results/marks.ts';
import { cellCounts, runStatus } from '#core/results/status.ts';
import type { CellCounts, RunStatus } from '#core/workflow/payload.ts';
import { isAsPublished } from './as-published.ts';
import { namesOf } from './deployment-names.ts';
import type { ReportInput } from './input.ts';
import { workloadsOf } from './load-points.ts';
import { startsOf } from './starts.ts';
import { type Verdict, verdictsOf } from './verdict.ts';

/** What the index over all runs needs of one: small, since every report reads that of every run. */
export interface ReportSummary {
  schema_version: 1;
  run: string;
  /** Of the matrix. */
  name: string;
  region: string;
  /** ISO times. */
  startedAt: string;
  /** Of the latest execution, where it was not the first. */
  resumedAt?: string;
  writtenAt: string;
  status: RunStatus;
  cells: CellCounts;
  simulated: boolean;
  /** Of the timing of some of its engines; absent in summaries of earlier versions. */
  extrapolated?: boolean;
  /** Whether some of its figures are valid by the word of their source alone; absent in summaries of earlier versions. */
  asPublished?: boolean;
  /** The lists that its dollars were computed from, each with its date; absent in summaries of earlier versions. */
  prices?: { list: string; effectiveAt: string | null }[];
  /** Of all nodes; what they would have cost when simulated. */
  totalUsd: number;
  /** Targets in ms that the answers had to meet. */
  slo: { requestLatencyP95Ms?: number; ttftP95Ms?: number; itlP95Ms?: number };
  results: SummarizedResult[];
}

/** A deployment at the load point that answers for it. */
export interface SummarizedResult {
  /** The same in every run that asks the same of the same deployment; what was simulated is never compared with what was not. */
  configuration: string;
  deployment: string;
  /** `g5.12xlarge, TP 4` */
  settings: string;
  /** For people; what was asked of it. */
  workload: { model: string | null; isl: number; osl: number; endpoint: string; streaming: boolean; dataset: string };
  place: number;
  withinTargets: boolean;
  concurrency: number | null;
  requestRate: number | null;
  outputTokensPerS: number;
  latencyP95Ms: number;
  /** Null without a price. */
  usdPerMillion: number | null;
  /** The ends of the 95 % interval of the mean over repeats, of two what they span; null where it was measured once. */
  usdPerMillionRange: [number, number] | null;
  usdPerHour: number | null;
  priceEffectiveAt: string | null;
  simulated: boolean;
  extrapolated?: boolean;
}

export function summaryOf({ plan, rows, nodes, answers, writtenAt }: ReportInput): ReportSummary {
  const asked = Object.values(plan.cellsOf).flat();
  const byQuestion = new Map(answers.map(({ name, rows: answered }) => [name, answered]));
  const verdicts = verdictsOf({ slo: plan.slo, workloads: workloadsOf(rows), answers: byQuestion });
  const names = namesOf(rows, []);
  const settings = (deployment: string): string => names.get(deployment)?.text ?? deployment;
  return {
    schema_version: 1,
    run: plan.run,
    name: plan.name,
    region: plan.region,
    ...startsOf(plan),
    writtenAt,
    status: runStatus(rows, asked),
    cells: cellCounts(rows, asked),
    simulated: rows.some((row) => row.simulated) || nodes.some(({ role, simulated }) => role === 'engine' && simulated),
    extrapolated: extrapolatedDeployments(rows).size > 0,
    asPublished: rows.some(isAsPublished),
    prices: pricesOf([...rows, ...nodes]),
    totalUsd: nodes.reduce((sum, node) => sum + node.total_usd, 0),
    slo: Object.fromEntries(Object.entries(plan.slo).filter(([, target]) => target !== undefined)),
    results: verdicts.flatMap((verdict) => resultsOf(verdict, settings)),
  };
}

/** Without how fees follow, which the report has: that differs from type to type, and summaries are to be small. */
function pricesOf(priced: readonly Pick<CellRow, 'price_source' | 'price_effective_at'>[]) {
  const all = priced.flatMap(({ price_source: source, price_effective_at: effectiveAt }) =>
    source === null ? [] : [{ list: source.split(';')[0] as string, effectiveAt }],
  );
  return [...new Map(all.map((one) => [JSON.stringify(one), one])).values()].slice(0, MOST_LISTS);
}

const MOST_LISTS = 12;

const resultsOf = (verdict: Verdict, settings: (deployment: string) => string): SummarizedResult[] =>
  verdict.ranking.map(({ answer, point }) => {
    const { first, key } = verdict.workload;
    const deployment = String(answer.deployment_id);
    const repeated = (point?.rows.length ?? 0) > 1 && point?.usdPerMillion != null;
    return {
      configuration: JSON.stringify([deployment, key, answer.simulated === true]),
      deployment,
      settings: settings(deployment),
      workload: {
        model: first.model,
        isl: first.isl_tokens,
        osl: first.osl_tokens,
        endpoint: first.endpoint,
        streaming: first.streaming,
        dataset: first.dataset,
      },
      place: Number(answer.place),
      withinTargets: verdict.withinTargets,
      concurrency: numberOr(answer.concurrency, null),
      requestRate: numberOr(answer.request_rate_per_s, null),
      outputTokensPerS: Number(answer.output_tokens_per_s),
      latencyP95Ms: Number(answer.request_latency_p95_ms),
      usdPerMillion: numberOr(answer.usd_per_million_output_tokens, null),
      usdPerMillionRange: repeated ? [point.usdPerMillion!.low, point.usdPerMillion!.high] : null,
      usdPerHour: numberOr(answer.usd_per_hour, null),
      priceEffectiveAt: typeof answer.price_effective_at === 'string' ? answer.price_effective_at : null,
      simulated: answer.simulated === true,
      extrapolated: answer.extrapolated === true,
    };
  });

const numberOr = (value: SqlRow[string] | undefined, otherwise: null): number | null =>
  typeof value === 'number' ? value : otherwise;

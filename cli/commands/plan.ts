import type { Plan } from '#core/plan/types.ts';
import { byPhase, overview, usdOf } from '#core/progress/overview.ts';
import type { RunPhase } from '#core/progress/progress.ts';
import { explain } from '#core/workflow/failure.ts';
import type { Cli } from '../cli.ts';
import { ExitCode } from '../exit-codes.ts';
import { readMatrixFile } from '../input/matrix-file.ts';
import { namedError } from '../known-errors.ts';
import { type Rehearsed, rehearse } from '../live/rehearse.ts';
import { planOf } from '../planning.ts';
import { priceSources } from '../render/estimate.ts';
import { type Forecast, forecastLines } from '../render/forecast.ts';
import { deploymentLabels } from '../render/labels.ts';
import { longCellLines, longCellWarnings } from '../render/long-cells.ts';
import type { TimelinePhase } from '../render/timeline.ts';
import { writeLines } from '../terminal/terminal.ts';

/** stepbench plan: the same machine on nodes that are only simulated, in simulated time. */
export async function plan(cli: Cli, args: { matrix: string; json?: boolean }): Promise<ExitCode> {
  const matrix = await readMatrixFile(args.matrix);
  const planned = planOf(matrix, args.matrix, { run: 'plan', nowMs: cli.nowMs() });
  const rehearsed = await rehearse(cli, planned, matrix);
  const { result } = rehearsed;
  if (result.error !== undefined) {
    throw namedError(result.error, explain({ error: result.error, cause: result.cause ?? '' }));
  }
  const forecast = forecastOf(rehearsed, planned);
  if (args.json === true) cli.stdout.write(`${JSON.stringify(forecastJson(forecast), null, 2)}\n`);
  else {
    const look = { width: cli.stdout.width(), paint: cli.stdout.paint };
    writeLines(cli.stdout, [...forecastLines(forecast, look), ...longCellLines(planned, look)]);
  }
  return ExitCode.Succeeded;
}

function forecastOf({ result, progress }: Rehearsed, planned: Plan): Forecast {
  const labels = deploymentLabels(planned.deployments);
  const deployments = progress.deployments.map((one) => ({
    name: labels.get(one.id) ?? one.id,
    overview: overview(progress, one, progress.lastEventAtMs),
  }));
  const spans = deployments.flatMap((one) => one.overview.spans);
  const { loadNodesUsd, controlPlaneUsd, downloadsUsd, orchestrationUsd } = planned.estimate;
  return {
    plan: planned,
    startMs: progress.run.startedAtMs ?? result.startedAtMs,
    endMs: progress.run.endedAtMs ?? result.endedAtMs,
    transitions: result.transitions,
    around: progress.run.spans.flatMap(({ phase, ...span }) => {
      const shown = AROUND[phase];
      return shown === undefined ? [] : [{ ...span, phase: shown }];
    }),
    deployments,
    phases: byPhase(spans),
    gpuUsd: usdOf(spans),
    otherUsd: loadNodesUsd + controlPlaneUsd + downloadsUsd + orchestrationUsd,
  };
}

const AROUND: Partial<Record<RunPhase, TimelinePhase>> = {
  plan: 'cluster',
  cluster: 'cluster',
  record: 'answer',
  release: 'release',
  answer: 'answer',
};

const forecastJson = ({ plan, startMs, endMs, transitions, deployments, phases, gpuUsd, otherUsd }: Forecast) => ({
  schema_version: 1,
  command: 'plan',
  name: plan.name,
  duration_s: (endMs - startMs) / 1000,
  transitions,
  total_usd: gpuUsd + otherUsd,
  gpu_usd: gpuUsd,
  other_usd: otherUsd,
  worst_case_usd: plan.estimate.worstCaseUsd,
  budget_usd: plan.budgetUsd,
  within_budget: gpuUsd + otherUsd <= plan.budgetUsd,
  prices: priceSources(plan),
  warnings: longCellWarnings(plan),
  phases: phases.map(({ phase, seconds, usd }) => ({ phase, node_s: seconds, usd })),
  deployments: deployments.map(({ name, overview: { id, cells, elapsedMs, spentUsd, spans } }) => ({
    deployment: id,
    name,
    cells: cells.length,
    duration_s: elapsedMs / 1000,
    usd: spentUsd,
    timeline: spans.map(({ phase, fromMs, toMs }) => ({
      phase,
      from_s: (fromMs - startMs) / 1000,
      to_s: (toMs - startMs) / 1000,
    })),
  })),
});

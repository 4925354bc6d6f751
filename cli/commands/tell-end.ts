import { spendingParts, spentUsd } from '#core/plan/spending.ts';
import { CONTROL_PLANE } from '#core/pricing/standing.ts';
import type { Cli } from '../cli.ts';
import { ExitCode } from '../exit-codes.ts';
import { answerLines } from '../render/answer.ts';
import { errorJson, errorLines } from '../render/error.ts';
import { allRunAlready, priceSources, pricesAsAbove } from '../render/estimate.ts';
import { counted, duration, usd } from '../render/format.ts';
import { simulatedLines } from '../render/simulated.ts';
import { disagreementLines, troubleLines } from '../render/troubles.ts';
import { oneLine, wrapped } from '../terminal/printable.ts';
import { type Terminal, writeLines } from '../terminal/terminal.ts';
import type { RunEnd } from './run-end.ts';

/** To people on the terminal, or to a program as JSON. */
export function writeEnd(cli: Cli, end: RunEnd, json: boolean): void {
  if (json) cli.stdout.write(`${JSON.stringify(endJson(end), null, 2)}\n`);
  else writeLines(cli.stdout, answerPart(cli, end));
  writeLines(cli.stderr, statusPart(cli, end));
}

/** The answer is what was asked for: it goes where a pipe can take it. */
function answerPart({ stdout }: Cli, { answers, explanations, plan }: RunEnd): string[] {
  const look = { width: stdout.width(), paint: stdout.paint };
  const ranked = answers.get('price-performance');
  const placed = new Set(ranked?.map(({ deployment_id }) => deployment_id));
  const cells = answers.get('cells') ?? [];
  const troubles = [
    ...troubleLines(cells, explanations, look),
    ...disagreementLines(answers.get('repeats') ?? [], look),
    // What is ranked says so below its table.
    ...simulatedLines(
      cells.filter(({ deployment_id }) => !placed.has(deployment_id)),
      look,
    ),
  ];
  return [
    ...(ranked === undefined
      ? []
      : answerLines({ peaks: ranked, within: answers.get('low-latency') ?? [], slo: plan.slo }, look)),
    ...(troubles.length > 0 ? ['', ...troubles] : []),
  ];
}

function statusPart({ stderr }: Cli, end: RunEnd): string[] {
  const { paint } = stderr;
  const width = stderr.width();
  const { cells, files } = end;
  const counts = [
    `${cells.valid} of ${counted(cells.total, 'cell')} valid`,
    ...(cells.invalid > 0 ? [`${cells.invalid} not valid`] : []),
    ...(cells.failed > 0 ? [`${cells.failed} ${end.interrupted ? 'not measured' : 'failed'}`] : []),
  ].join(', ');
  const style = end.exitCode === ExitCode.Succeeded ? 'green' : end.exitCode === ExitCode.Partial ? 'yellow' : 'red';
  const interrupted = !end.interrupted
    ? []
    : end.neverPlanned
      ? ['Stopped before anything of the run was planned: there is nothing to go on with.']
      : wrapped(
          `Stopped. What was measured is kept, and ${end.nodesLeft === 0 ? 'everything of the run is released' : 'not everything is released'}. Go on with: ${resumeOf(end)}`,
          width,
        );
  return [
    '',
    `${paint(style, end.status)} run ${oneLine(end.run)}: ${counts}, ${duration(end.seconds)}`,
    ...interrupted,
    ...end.warnings
      .flatMap((warning) => wrapped(`warning: ${oneLine(warning)}`, width))
      .map((line) => paint('yellow', line)),
    ...(end.error === undefined ? [] : errorLines(end.error, { width, paint })),
    // Commands are to be copied: they are not wrapped.
    ...(end.place === 'here' ? [] : end.place.logs.map((line) => paint('cyan', oneLine(line)))),
    ...(end.status !== 'UNFINISHED' || end.interrupted
      ? []
      : wrapped(`What is stored is kept, and is in no answer yet. Go on with: ${resumeOf(end)}`, width)),
    ...(files === undefined ? [] : [`Files:  ${oneLine(files.store)}`]),
    ...(files?.report === undefined ? [] : [`Report: ${oneLine(files.report)}`]),
    ...costPart(end, stderr),
  ];
}

const resumeOf = ({ run, place }: RunEnd): string =>
  `stepbench run --resume ${oneLine(run)}${place === 'here' ? '' : ` --stack ${place.stack}`}`;

/** What it cost, or would have cost, with the prices that say so. */
function costPart(end: RunEnd, { paint, width }: Terminal): string[] {
  const { plan, heldUsd, spent } = end;
  const { estimate, skippedCells } = plan;
  const kept = end.place === 'here' ? [] : end.place.kept.flatMap((line) => wrapped(line, width()));
  if (allRunAlready(plan)) return kept;
  const against =
    spent === undefined
      ? ''
      : `Counted against the budget of ${usd(plan.wholeBudgetUsd)} so far${end.place === 'here' ? ', as in AWS' : ''}: ${usd(spentUsd(spent))} (${spendingParts(spent, usd)}).`;
  const what = skippedCells > 0 ? 'What was left of the run' : 'The same run';
  if (end.place !== 'here') {
    const nodes = `The nodes were held for ${usd(heldUsd)} at the prices of the plan, fee included; load generators, control plane and downloads come on top (estimated at ${usd(estimate.totalUsd - estimate.gpuUsd)}).`;
    return [...wrapped(nodes, width()), ...wrapped(against, width()), ...kept];
  }
  const text = `${what} would cost about ${usd(estimate.totalUsd)} and take ${duration(estimate.makespanSeconds)} in AWS. The simulated nodes were held for ${usd(heldUsd)} at those prices; nothing was spent.`;
  return [
    ...wrapped(text, width()),
    ...wrapped(against, width()),
    ...wrapped(pricesAsAbove(plan), width()).map((line) => paint('dim', line)),
  ];
}

/** Null where nothing is left standing that goes on costing money. */
const keptJson = ({ place, plan }: RunEnd) =>
  place === 'here' || place.kept.length === 0
    ? null
    : {
        name: plan.cluster.name,
        usd_per_hour: CONTROL_PLANE.usdPerHour,
        price_source: CONTROL_PLANE.source,
        price_as_of: CONTROL_PLANE.asOf,
      };

const endJson = (end: RunEnd) => ({
  schema_version: 1,
  command: end.command,
  run: end.run,
  stack: end.place === 'here' ? null : end.place.stack,
  status: end.status,
  exit_code: end.exitCode,
  interrupted: end.interrupted,
  load_generators: [...new Set(end.plan.deployments.map(({ generator }) => generator))],
  ...(end.error === undefined ? { error: null } : errorJson(end.error)),
  warnings: end.warnings,
  cells: end.cells,
  duration_s: end.seconds,
  transitions: end.transitions,
  nodes_left: end.nodesLeft,
  function_logs: end.place === 'here' ? [] : end.place.logs,
  held_usd: end.heldUsd,
  kept_cluster: keptJson(end),
  budget: {
    whole_usd: end.plan.wholeBudgetUsd,
    spent_usd: end.spent === undefined ? null : spentUsd(end.spent),
    nodes_usd: end.spent?.nodesUsd ?? null,
    shared_usd: end.spent?.sharedUsd ?? null,
    reserved_usd: end.spent?.reservedUsd ?? null,
  },
  aws_estimate: {
    total_usd: end.plan.estimate.totalUsd,
    worst_case_usd: end.plan.estimate.worstCaseUsd,
    duration_s: end.plan.estimate.makespanSeconds,
    prices: priceSources(end.plan),
  },
  answers: Object.fromEntries(end.answers),
  files: end.files === undefined ? null : { ...end.files, report: end.files.report ?? null },
});

import type { Plan } from '#core/plan/types.ts';
import type { SqlRow } from '#core/ports/sql.ts';
import { countCells, overview, usdOf } from '#core/progress/overview.ts';
import { explain } from '#core/workflow/failure.ts';
import type { CellCounts } from '#core/workflow/payload.ts';
import type { CliError } from '../errors.ts';
import { ExitCode } from '../exit-codes.ts';
import { namedError } from '../known-errors.ts';
import type { Watched } from '../live/watch.ts';
import { counted } from '../render/format.ts';
import type { Results } from '../results/results.ts';

/** Everything that is to be said when a run has ended. */
export interface RunEnd {
  exitCode: ExitCode;
  status: Watched['result']['status'];
  run: string;
  interrupted: boolean;
  error: CliError | undefined;
  warnings: readonly string[];
  cells: CellCounts;
  seconds: number;
  /** What the nodes of this run would have cost, at AWS's prices. */
  heldUsd: number;
  nodesLeft: number;
  transitions: number;
  answers: ReadonlyMap<string, readonly SqlRow[]>;
  files: { store: string; report: string | undefined; artifacts: string } | undefined;
  plan: Plan;
}

export async function endOfRun(watched: Watched, plan: Plan, results: Results | undefined): Promise<RunEnd> {
  const { result, progress, interrupted } = watched;
  const all = progress.deployments.map((one) => overview(progress, one, result.endedAtMs));
  const error = errorOf(watched);
  const { run } = result;
  return {
    exitCode: exitCodeOf(watched, error),
    status: result.status,
    run,
    interrupted,
    error,
    warnings: result.warnings,
    cells: progress.run.cells ?? countsOf(countCells(all)),
    seconds: (result.endedAtMs - result.startedAtMs) / 1000,
    heldUsd: usdOf(all.flatMap(({ spans }) => spans)),
    nodesLeft: result.nodesLeft,
    transitions: result.transitions,
    answers: (await results?.answers(run)) ?? new Map(),
    files:
      results === undefined || run === ''
        ? undefined
        : {
            store: results.locate(`runs/${run}`),
            report: result.reportKey === '' ? undefined : results.locate(result.reportKey),
            artifacts: results.locate(`runs/${run}/artifacts`),
          },
    plan,
  };
}

function errorOf({ result, interrupted }: Watched): CliError | undefined {
  if (result.nodesLeft > 0) {
    return namedError('ReleaseFailed', `${counted(result.nodesLeft, 'instance')} of the run could not be released`, {
      nextStep: 'Look for processes of the run on this machine and end them; then please report this.',
    });
  }
  if (result.error === undefined || interrupted) return undefined;
  return namedError(result.error, explain({ error: result.error, cause: result.cause ?? '' }));
}

function exitCodeOf({ result, interrupted }: Watched, error: CliError | undefined): ExitCode {
  if (result.nodesLeft > 0) return ExitCode.Failed;
  if (interrupted) return ExitCode.Interrupted;
  switch (result.status) {
    case 'SUCCEEDED':
      return ExitCode.Succeeded;
    case 'PARTIAL':
      return ExitCode.Partial;
    default:
      return error?.exitCode ?? ExitCode.Failed;
  }
}

const countsOf = (counts: ReturnType<typeof countCells>): CellCounts => ({
  total: Object.values(counts).reduce((sum, count) => sum + count, 0),
  valid: counts.valid + counts.earlier,
  invalid: counts.invalid,
  failed: counts.failed + counts.unreached + counts.waiting + counts.running + counts.recording,
});

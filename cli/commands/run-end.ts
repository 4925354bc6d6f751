import type { Spending } from '#core/plan/spending.ts';
import type { Plan } from '#core/plan/types.ts';
import type { SqlRow } from '#core/ports/sql.ts';
import { countCells, overview, usdOf } from '#core/progress/overview.ts';
import { explain } from '#core/workflow/failure.ts';
import type { CellCounts } from '#core/workflow/payload.ts';
import { toldOnce } from '#core/workflow/warnings.ts';
import type { LocalRunResult } from '#local/runtime/contract.ts';
import type { CliError } from '../errors.ts';
import { ExitCode } from '../exit-codes.ts';
import { asCliError, namedError } from '../known-errors.ts';
import type { Watched } from '../live/watch.ts';
import { counted } from '../render/format.ts';
import type { Explanations } from '../render/troubles.ts';
import type { Results, RunSummary } from '../results/results.ts';

export type Place =
  | 'here'
  | {
      stack: string;
      /** What is left standing there and costs money, for people. */
      kept: readonly string[];
      /** How to read the logs of functions that did not answer, a command each. */
      logs: readonly string[];
    };

/** Everything that is to be said when a run has ended. */
export interface RunEnd {
  command: 'run' | 'watch';
  /** Where the run was: on this machine, or on a stack in AWS. */
  place: Place;
  exitCode: ExitCode;
  /** As `stepbench runs` says it of the store: what came of the cells. How the execution ended, the error says. */
  status: RunSummary['status'];
  run: string;
  interrupted: boolean;
  /** There is nothing to resume. */
  neverPlanned: boolean;
  error: CliError | undefined;
  warnings: readonly string[];
  cells: CellCounts;
  seconds: number;
  /** What the nodes of this run would have cost, at AWS's prices. */
  heldUsd: number;
  /** What all executions of the run so far count against its budget; undefined when it was never planned. */
  spent: Spending | undefined;
  nodesLeft: number;
  transitions: number;
  answers: ReadonlyMap<string, readonly SqlRow[]>;
  explanations: Explanations;
  files: { store: string; report: string | undefined; artifacts: string } | undefined;
  plan: Plan;
}

/** Why the run was not begun: what the store has of it, from before, says nothing of this command. */
export function refusalOf({ result, progress, interrupted }: Watched): CliError | undefined {
  const { status, error, cause = '', nodesLeft, run } = result;
  if (interrupted || status !== 'FAILED' || error === undefined || nodesLeft > 0) return undefined;
  if (progress.run.state !== 'ExpandMatrix') return undefined;
  return namedError(error, explain({ error, cause }), { where: `run ${run}` });
}

export async function endOfRun(
  watched: Watched,
  plan: Plan,
  open: () => Promise<Results>,
  place: Place = 'here',
): Promise<RunEnd> {
  const { result, progress, interrupted } = watched;
  const all = progress.deployments.map((one) => overview(progress, one, result.endedAtMs));
  const error = errorOf(watched, place);
  const { answers, explanations, files, spent, warnings, recorded, status } = await stored(result, open);
  const cells = progress.run.cells ?? countsOf(countCells(all));
  return {
    command: 'run',
    place,
    exitCode: exitCodeOf(watched, error),
    status: status ?? unreadStatus(result, cells),
    run: result.run,
    interrupted,
    neverPlanned: result.neverPlanned === true,
    error,
    warnings: toldOnce([...result.warnings, ...warnings, ...unrecorded(progress, recorded)]),
    cells,
    seconds: (result.endedAtMs - result.startedAtMs) / 1000,
    heldUsd: usdOf(all.flatMap(({ spans }) => spans)),
    spent,
    nodesLeft: result.nodesLeft,
    transitions: result.transitions,
    answers,
    explanations,
    files,
    plan,
  };
}

/**
 * Of a run that the store says nothing of. An execution can fail after it has measured, and FAILED is for a run of
 * which nothing is valid.
 */
const unreadStatus = ({ status }: LocalRunResult, { valid }: CellCounts): RunEnd['status'] =>
  status === 'FAILED' && valid > 0 ? 'UNFINISHED' : status;

/** What the run left in the store. That it cannot be read changes nothing of how the run ended. */
async function stored(
  { run, reportKey }: LocalRunResult,
  open: () => Promise<Results>,
): Promise<
  Pick<RunEnd, 'answers' | 'explanations' | 'files' | 'spent' | 'warnings'> & {
    recorded?: Set<string>;
    status?: RunEnd['status'];
  }
> {
  try {
    const results = await open();
    try {
      const files = {
        store: results.locate(`runs/${run}`),
        report: reportKey === '' ? undefined : results.locate(reportKey),
        artifacts: results.locate(`runs/${run}/artifacts`),
      };
      const answers = await results.answers(run);
      const measured = await results.measured(run);
      const { rows } = measured ?? { rows: [] };
      const explanations = new Map(rows.map(({ cell_id, invalid_explanation: said }) => [cell_id, said ?? '']));
      const spent = (await results.started(run))?.spent;
      const recorded = measured && new Set(rows.map((row) => row.cell_id));
      return {
        ...{ answers, explanations, files, spent, warnings: [] },
        ...(recorded && { recorded }),
        ...(measured && { status: measured.status }),
      };
    } finally {
      results.close();
    }
  } catch (error) {
    return {
      answers: new Map(),
      explanations: new Map(),
      files: undefined,
      spent: undefined,
      warnings: [`The results cannot be read: ${asCliError(error).message}`],
    };
  }
}

/** Cells that have ended and are not in the store. */
function unrecorded({ deployments }: Watched['progress'], recorded: ReadonlySet<string> | undefined): string[] {
  const lost = deployments.flatMap(({ cells }) =>
    cells.filter(({ id, status }) => ENDED.has(status) && recorded?.has(id) === false),
  );
  return lost.length === 0
    ? []
    : [`What became of ${counted(lost.length, 'cell')} could not be written: there is no row.`];
}

const ENDED: ReadonlySet<string> = new Set(['valid', 'invalid', 'failed']);

function errorOf({ result, interrupted }: Watched, place: Place): CliError | undefined {
  if (result.nodesLeft > 0 && place !== 'here') {
    return namedError('ReleaseFailed', 'it is not proven that everything of the run is gone', {
      nextStep: `Let go of it: stepbench release ${result.run} --stack ${place.stack}`,
    });
  }
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
      // A store that was denied in the middle of a run: more was started than nothing.
      if (error?.code === 'store-denied' && result.neverPlanned !== true) return ExitCode.Failed;
      return error?.exitCode ?? ExitCode.Failed;
  }
}

const countsOf = (counts: ReturnType<typeof countCells>): CellCounts => ({
  total: Object.values(counts).reduce((sum, count) => sum + count, 0),
  valid: counts.valid + counts.earlier,
  invalid: counts.invalid,
  failed: counts.failed + counts.unreached + counts.waiting + counts.running + counts.recording,
});

import type { CellItem, DeploymentScope, ExecutionInput, RunScope } from '#core/workflow/payload.ts';
import { input, jsonata, type Path, variables } from './paths.ts';

/**
 * Every expression of the machine that is more than a path, by name, so that tests can evaluate it.
 * On AWS an undefined value is an error: whatever may be missing is asked for with $exists.
 */
const given = input<ExecutionInput>();
const run = variables<RunScope>();
const deployment = variables<DeploymentScope>();

/** What a Catch keeps of an error. A timeout has no cause. */
const caught = (limit: number) => ({
  error: jsonata`$states.errorOutput.Error`,
  cause: jsonata`$exists($states.errorOutput.Cause) ? $substring($states.errorOutput.Cause, 0, ${String(limit)}) : ''`,
});

export const REQUESTED_RUN = jsonata`$exists(${given.run}) ? ${given.run} : ''`;

/** The matrix may be missing altogether: ExpandMatrix says so to the user, together with everything else. */
export const GIVEN_MATRIX = jsonata`$exists(${given.matrix}) ? ${given.matrix} : {}`;

/** A cause carries a stack trace of up to 32 KiB; 2,000 characters say what happened and fit every payload. */
export const CAUGHT = caught(2_000);

/** All mistakes of a matrix are told at once; a Fail takes a cause of 32,768 characters. */
export const CAUGHT_WHOLE = caught(30_000);

/**
 * What the error said, out of the JSON in which a function reports it; its fields come in either order, and what is no
 * such JSON stays whole. A thousand characters hold a sentence and its next step many times over.
 */
const SAID = [`'"errorMessage":"'`, `'","errorType"'`, `'","trace"'`].reduce(
  (text, mark, index) => `${index === 0 ? '$substringAfter' : '$substringBefore'}(${text}, ${mark})`,
  '$states.errorOutput.Cause',
);
const BECAUSE = `($exists($states.errorOutput.Cause) and $states.errorOutput.Cause != '' ? ': ' & $substring(${SAID}, 0, 1000) : '')`;

/** Adds what a Catch saw to the warnings, with its cause: the run's status does not hang on it. */
export const warn = (task: string): string =>
  jsonata`[${run.warnings}, ${`'${task}: '`} & $states.errorOutput.Error & ${BECAUSE}]`;

/** Children end with a status; one that does not was ended by Step Functions itself. */
export const MANY_FAILED = jsonata`[${run.warnings}, 'More deployments failed outright than Step Functions can list: their cells were not measured, and their own executions say why.']`;

/** The child's own start: a deployment's clock runs from here, however long it waited for its turn. */
export const DEPLOYMENT_DEADLINE = jsonata`$fromMillis($toMillis($states.context.Execution.StartTime) + ${input<DeploymentScope>().maxSeconds} * 1000)`;

/** A path that yields one match yields no array: the constructor makes it one again. */
export const CELLS = jsonata`[${deployment.cells}]`;

/** What came of the map over cells. Each turn says what came of its cell; one that was not valid was measured too. */
export const CELLS_OUTCOME = jsonata`$count($states.result[status in ['valid', 'invalid']]) > 0 ? 'measured' : 'failed'`;

/** Until when a deployment is kept for requests by hand: never past its deadline, which ends the engine anyway. */
export const HOLD_UNTIL = jsonata`$fromMillis($min([$toMillis($states.context.State.EnteredTime) + ${deployment.holdSeconds} * 1000, $toMillis(${deployment.deploymentDeadline})]))`;

export const THIS_CELL = jsonata`$states.context.Map.Item.Value.${'cell' satisfies keyof CellItem}`;

export const FINAL_ERROR = jsonata`${run.failure.error} = '' ? 'NothingMeasured' : ${run.failure.error}`;

export const FINAL_CAUSE = jsonata`${run.failure.error} = '' ? 'No cell of the run ' & ${run.run} & ' gave a valid measurement: its rows say why.' : ${run.failure.cause}`;

const { spent } = run;

/** Dollars to the cent. */
const usd = (value: Path<number>): string => `$string($round(${value}, 2))`;

/** How the budget came to be less than the matrix has. */
const EARLIER = `(${spent.nodesUsd} + ${spent.sharedUsd} + ${spent.reservedUsd} > 0 ? ', which is what earlier executions of the run have left of it (nodes $' & ${usd(spent.nodesUsd)} & ', shared costs $' & ${usd(spent.sharedUsd)} & ', reserved for nodes not known to be gone $' & ${usd(spent.reservedUsd)} & ')' : '')`;

export const OVER_BUDGET = jsonata`'The estimate of $' & $string(${run.estimateUsd}) & ' is over the budget of $' & $string(${run.budgetUsd}) & ${EARLIER} & ': nothing was started. Raise budgetUsd or measure fewer cells.'`;

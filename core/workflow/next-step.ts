import { ErrorName } from './errors.ts';

/** Whose run it was, as commands name it. */
export interface RunOfStack {
  stack: string;
  /** Undefined: nobody knows which. */
  run: string | undefined;
  /** The schedule that started it, if one did. */
  schedule: string | undefined;
}

type Step = (of: { stack: string; run: string }) => string;

const MEND: Step = () => 'Mend the matrix where each line says; nothing was started.';
const RESUME: Step = ({ run, stack }) =>
  `What was measured is kept: go on with it by stepbench run --resume ${run} --stack ${stack}.`;

/** Errors that have an answer of their own; docs/runbook.md has one to each, under "What runs die of". */
const STEPS: Partial<Record<string, Step>> = {
  [ErrorName.InvalidMatrix]: MEND,
  [ErrorName.UnknownPrice]: MEND,
  [ErrorName.BudgetExceeded]: () => 'Raise budgetUsd, or measure less; nothing was started.',
  [ErrorName.RunAlreadyActive]: ({ run, stack }) =>
    `Nothing, where the other execution is the one that is meant; else wait, or stop it: stepbench release ${run} --stack ${stack}.`,
  [ErrorName.ReleaseFailed]: ({ run, stack }) =>
    `Let go of it now, nodes may be left that cost money: stepbench release ${run} --stack ${stack}.`,
};

/** The same matrix meets whoever is started next; what is busy now, or failed by chance, does not. */
const OF_THE_MATRIX: readonly string[] = [ErrorName.InvalidMatrix, ErrorName.UnknownPrice, ErrorName.BudgetExceeded];

/** What to do about an execution that ended in this error, in commands. */
export function nextStepAfter(error: string, { stack, run = 'RUN', schedule }: RunOfStack): string {
  const step = (STEPS[error] ?? RESUME)({ stack, run });
  if (schedule === undefined || !OF_THE_MATRIX.includes(error)) return step;
  return `${step} The schedule has the same matrix the next time: stepbench schedule delete ${schedule} --stack ${stack}, and create it anew.`;
}

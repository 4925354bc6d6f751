import type { Plan } from '#core/plan/types.ts';
import { type RunProgress, startProgress } from '#core/progress/progress.ts';
import { reduce } from '#core/progress/reduce.ts';
import type { LocalRunResult } from '#local/runtime/contract.ts';
import type { Cli } from '../cli.ts';
import { CliError } from '../errors.ts';

export interface Rehearsed {
  result: LocalRunResult;
  progress: RunProgress;
}

/** Nothing of a rehearsal has to be kept or released: Ctrl-C ends it at once. */
export async function rehearse(cli: Cli, plan: Plan, matrix: unknown): Promise<Rehearsed> {
  let progress = startProgress(plan.deployments);
  const interruption = new AbortController();
  const end = cli.onInterrupt(() => interruption.abort(new CliError('interrupted', 'stopped')));
  try {
    const result = await cli.rehearse({
      matrix,
      run: plan.run,
      signal: interruption.signal,
      onEvent: (event) => {
        progress = reduce(progress, event);
      },
    });
    return { result, progress };
  } finally {
    end();
  }
}

import type { Notification } from '#core/ports/notifier.ts';
import { keptClusterLine } from '#core/pricing/standing.ts';
import { explain } from '#core/workflow/failure.ts';
import { nextStepAfter, type RunOfStack } from '#core/workflow/next-step.ts';
import type { LetGo } from '../guards/let-go.ts';
import { subjectOf } from '../notify/subject.ts';
import type { StoredPlan } from '../store/plan.ts';

export type EndStatus = 'FAILED' | 'TIMED_OUT' | 'ABORTED';

export interface EndedUntold {
  status: EndStatus;
  execution: string;
  /** Of the execution; whoever stops one may give them too. */
  error: string;
  cause: string;
  of: RunOfStack;
  /** Undefined: the execution holds no run. */
  letGo: LetGo | undefined;
  plan: StoredPlan | undefined;
}

/** What became of an execution that did not come as far as Notify: what failed, what is left of it, and what to do. */
export function notificationOf(ended: EndedUntold): Notification {
  const { status, execution, error, letGo, plan } = ended;
  const of = { ...ended.of, run: letGo?.run ?? ended.of.run };
  const name = execution.split(':').at(-1) ?? execution;
  const body = [
    `${status}: ${of.run === undefined ? `execution ${name}` : `run ${of.run}`} ${reasonOf(ended)}`,
    ...leftOf(letGo, of),
    ...(plan === undefined || plan.cluster.ephemeral ? [] : [keptClusterLine(plan.cluster.name, of.stack)]),
    `What to do: ${nextStepAfter(error, of)}`,
    'docs/runbook.md has more, under "What runs die of".',
    `Execution: ${execution}`,
  ].join('\n');
  return { subject: subjectOf(plan?.name ?? of.run ?? name, status), body, run: of.run ?? name, status };
}

const HAPPENED: Record<EndStatus, string> = {
  FAILED: 'failed',
  TIMED_OUT: 'took longer than its ceiling, and was ended',
  ABORTED: 'was stopped',
};

/** Of a function that was ended the error is its JSON; people want the words in it. */
function reasonOf({ status, error, cause }: EndedUntold): string {
  const said = [error, cause === '' ? '' : explain({ error, cause })].filter((text) => text !== '').join(': ');
  return said === '' ? `${HAPPENED[status]}.` : `${HAPPENED[status]}: ${said}`;
}

function leftOf(letGo: LetGo | undefined, { stack }: RunOfStack): string[] {
  if (letGo === undefined) {
    return ['It had bought nothing: it was refused before anything was started, or another execution has its run.'];
  }
  const { run, released, finalized, errors } = letGo;
  return [
    released
      ? 'Nothing of the run is left in its cluster: that is proven.'
      : `It is not proven yet that every node is gone: the janitor asks every five minutes. See: stepbench status ${run} --stack ${stack}.`,
    ...(finalized ? [] : ['Not all of its rows are in the tables yet.']),
    ...errors.map(({ task, message }) => `${task}: ${message}`),
  ];
}

import { hash } from 'node:crypto';
import { RUN_ID } from '#core/cluster/names.ts';
import { scheduledRun } from '#core/stack/schedule.ts';

const LONGEST = 32;

/**
 * The run's id: the one that was asked for, or that of the occasion of a schedule, else made from the execution's name (the last part of its ARN),
 * so that an execution that is delivered again names the same run. Undefined when what was asked for is
 * no id.
 */
export function runId(requested: string, execution: string): string | undefined {
  if (requested !== '') return RUN_ID.test(requested) ? requested : scheduledRun(requested)?.run;
  const name = execution.split(':').at(-1) ?? execution;
  const plain = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  if (RUN_ID.test(plain)) return plain;
  const suffix = hash('sha256', name).slice(0, 8);
  const head = plain.slice(0, LONGEST - suffix.length - 1).replace(/-+$/, '');
  return head === '' ? `run-${suffix}` : `${head}-${suffix}`;
}

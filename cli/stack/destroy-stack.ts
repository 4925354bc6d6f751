import type { Cli } from '../cli.ts';
import { CliError } from '../errors.ts';
import type { OpenStack } from './open-stack.ts';
import { PATIENCE_MINUTES, until } from './until.ts';

/** CloudFormation may say for a moment what was before it was told. */
const STALE_LOOKS = 4;

/**
 * The stack itself, from whatever an earlier deletion has left of it: one that is under way is waited for, and one that
 * failed begun anew, once, since what stood in its way may have gone in the meantime.
 */
export async function destroyStack(cli: Cli, { ports, name }: OpenStack): Promise<void> {
  let looksSinceTold: number | undefined;
  let isUnderWay = false;
  const isGone = await until(cli, 'the stack is being deleted', async () => {
    const found = await ports.stacks.find(name);
    if (found === undefined || found.status === 'DELETE_COMPLETE') return true;
    if (found.status === 'DELETE_IN_PROGRESS') {
      isUnderWay = looksSinceTold !== undefined;
      return false;
    }
    if (looksSinceTold === undefined) {
      looksSinceTold = 0;
      await ports.stacks.delete(name);
      return false;
    }
    looksSinceTold += 1;
    if (found.status === 'DELETE_FAILED' && (isUnderWay || looksSinceTold > STALE_LOOKS)) {
      throw new CliError('aws-failed', `the stack cannot be deleted: ${found.reason ?? found.status}`, {
        where: `--stack ${name}`,
        nextStep: 'Delete what stands in its way, and call it again: the events of the stack name it.',
      });
    }
    return false;
  });
  if (isGone) return;
  throw new CliError('aws-failed', `after ${PATIENCE_MINUTES} minutes the stack is still being deleted`, {
    where: `--stack ${name}`,
    nextStep:
      'See in the console of CloudFormation what it waits for, and call the command again: it goes on from there.',
  });
}

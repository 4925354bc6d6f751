import { Output } from '#core/stack/outputs.ts';
import type { Swept } from '#lambdas/janitor/task.ts';
import type { Cli } from '../cli.ts';
import type { OpenStack } from './open-stack.ts';

/** A node drains for ten minutes at most, and the guard itself takes up to five for one look. */
const PATIENCE_MS = 30 * 60_000;
const PAUSE_MS = 5_000;

/**
 * Asks the guard of the stack again and again, until nothing remains of what is to go, or time is over.
 * @param isEnough whether what remains needs no more asking.
 */
export async function letGo(
  cli: Pick<Cli, 'pause' | 'nowMs' | 'stderr'>,
  { ports, output }: OpenStack,
  request: { run: string } | { all: true },
  isEnough: (swept: Swept) => Promise<boolean> = async () => false,
): Promise<Swept> {
  const untilMs = cli.nowMs() + PATIENCE_MS;
  let told = '';
  for (;;) {
    const swept = (await ports.functions.invoke(output(Output.janitorFunction), request)) as Swept;
    if (swept.done || cli.nowMs() >= untilMs || (await isEnough(swept))) return swept;
    const still = stillThere(swept);
    if (still !== told) cli.stderr.write(`${still}\n`);
    told = still;
    await cli.pause(PAUSE_MS);
  }
}

const stillThere = ({ remaining, clusters }: Swept): string => {
  const nodes = clusters.flatMap(({ nodesPastDeadline }) => nodesPastDeadline).length;
  const left = [
    ...remaining.map(({ run, why }) => `${run} (${why})`),
    ...(nodes === 0 ? [] : [`${nodes} nodes past their deadline`]),
    // A janitor of an earlier version does not say it.
    ...clusters
      .filter(({ asked }) => asked === false)
      .map(({ cluster }) => `what EC2 does not say of cluster ${cluster}`),
  ];
  return `Still there: ${left.join('; ')}.`;
};

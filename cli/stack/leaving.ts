import type { Cli } from '../cli.ts';

/** What Ctrl-C means while a run in AWS is watched: it goes on there, whoever looks. */
export interface Leaving {
  /** True when the person has left before the work was done. */
  before(work: Promise<void>): Promise<boolean>;
  detached(): boolean;
  /** The run was told to stop. */
  stopped(): boolean;
  end(): void;
}

/** The terminal sends Ctrl-C to all of a group, and npm passes it on: it comes several times. */
const ONE_PRESS_MS = 500;

/** Long enough to read one line and to press again. */
const GRACE_MS = 5000;

interface LeavingOptions {
  run: string;
  stack: string;
  /** False: every Ctrl-C only leaves. */
  mayStop: boolean;
  stop(): Promise<void>;
  say(text: string): void;
}

/**
 * The first Ctrl-C leaves, after a moment in which a second one stops the run. A signal that no person sent (the
 * terminal was closed, a job was cancelled) leaves at once.
 */
export function leaving(
  cli: Pick<Cli, 'onInterrupt' | 'nowMs' | 'every' | 'stderr'>,
  options: LeavingOptions,
): Leaving {
  const { run, stack, mayStop, stop, say } = options;
  const left = Promise.withResolvers<void>();
  let detached = false;
  let stopped = false;
  let failure: { error: unknown } | undefined;
  let cancelGrace: (() => void) | undefined;
  let lastAtMs = Number.NEGATIVE_INFINITY;

  const leave = () => {
    cancelGrace?.();
    detached = true;
    left.resolve();
  };
  const end = cli.onInterrupt((signal) => {
    if (cli.nowMs() - lastAtMs < ONE_PRESS_MS) return;
    lastAtMs = cli.nowMs();
    if (!mayStop || stopped || signal !== 'SIGINT' || !cli.stderr.isTTY) return leave();
    if (cancelGrace === undefined) {
      say(`Leaving: the run goes on in AWS. Ctrl-C again within 5 seconds stops it there instead.`);
      cancelGrace = cli.every(GRACE_MS, leave);
      return;
    }
    cancelGrace();
    stopped = true;
    say(
      'Stopping: what was measured is kept; the guards in AWS release everything of the run. Ctrl-C only leaves now.',
    );
    stop().catch((error: unknown) => {
      failure = { error };
      left.resolve();
    });
  });
  return {
    before: async (work) => {
      await Promise.race([work, left.promise]);
      if (failure !== undefined) throw failure.error;
      return detached;
    },
    detached: () => detached,
    stopped: () => stopped,
    end: () => {
      cancelGrace?.();
      end();
      if (detached) cli.stderr.write(`${stillThere(run, stack)}\n`);
    },
  };
}

const stillThere = (run: string, stack: string): string =>
  `The run goes on in AWS. Look again: stepbench watch ${run} --stack ${stack}. Stop it: stepbench release ${run} --stack ${stack}.`;

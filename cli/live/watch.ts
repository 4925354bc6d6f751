import type { Plan } from '#core/plan/types.ts';
import { allReleased } from '#core/progress/overview.ts';
import { type RunProgress, startProgress } from '#core/progress/progress.ts';
import { reduce } from '#core/progress/reduce.ts';
import type { LocalRun, LocalRunOptions, LocalRunResult } from '#local/runtime/contract.ts';
import type { Cli } from '../cli.ts';
import { CliError } from '../errors.ts';
import { asCliError } from '../known-errors.ts';
import { cellLabels, deploymentLabels } from '../render/labels.ts';
import { heldNotes } from './held.ts';
import { liveScreen, plainScreen } from './screen.ts';

export interface Watched {
  result: LocalRunResult;
  progress: RunProgress;
  /** The person stopped it. */
  interrupted: boolean;
}

const REDRAW_MS = 200;

/** The terminal sends Ctrl-C to all of a group, and npm passes it on: it comes several times. */
const ONE_PRESS_MS = 500;

const STOPPING = 'Stopping: what was measured is kept; everything of the run is being released. Please wait.';
const STILL_STOPPING = 'Still releasing: this ends by itself, as soon as everything of the run is gone.';
const NOT_STARTED_YET = 'Stopping before the run starts. Ctrl-C again ends at once: nothing of it is there yet.';

const stoppedBeforeStart = () => new CliError('interrupted', 'stopped before anything was started');

/** Starts a run and shows it until it has ended and everything of it is gone, also when it is interrupted. */
export async function watch(cli: Cli, plan: Plan, options: LocalRunOptions): Promise<Watched> {
  let progress = startProgress(plan.deployments);
  const names = {
    deployments: deploymentLabels(plan.deployments),
    cells: cellLabels(plan.deployments.flatMap(({ cells }) => cells)),
  };
  const live = cli.stderr.isTTY;
  const screen = live ? liveScreen(cli.stderr, names) : plainScreen(cli.stderr, names, progress);
  const preparation = new AbortController();
  const interruption = interruptible(cli, preparation, (text) => screen.say(text));
  let running = false;
  let run: LocalRun | undefined;
  const held = heldNotes(names.deployments, (at) => run?.engineUrl({ cluster: plan.cluster.name, ...at }) ?? '');
  const stopDrawing = live ? cli.every(REDRAW_MS, () => running && screen.show(progress, cli.nowMs())) : () => {};
  try {
    const starting = cli.startLocalRun({
      ...options,
      signal: preparation.signal,
      onProgress: (message) => screen.note(message),
      onEvent: (event) => {
        running = true;
        progress = reduce(progress, event);
        if (!live) screen.show(progress, cli.nowMs());
        for (const note of held(progress, cli.nowMs())) screen.note(note);
      },
    });
    run = await Promise.race([starting, interruption.impatient]);
    interruption.started(run);
    const result = await run.done;
    if (result.nodesLeft === 0) progress = allReleased(progress, result.endedAtMs);
    if (live) screen.show(progress, cli.nowMs());
    return { result, progress, interrupted: interruption.interrupted() };
  } catch (error) {
    throw interruption.interrupted() ? stoppedBeforeStart() : asCliError(error);
  } finally {
    stopDrawing();
    screen.done();
    interruption.end();
  }
}

/** Turns Ctrl-C into a stop of the run, whenever it comes; while that is prepared, it does not start at all. */
function interruptible(
  cli: Pick<Cli, 'onInterrupt' | 'nowMs'>,
  preparation: AbortController,
  say: (text: string) => void,
) {
  let count = 0;
  let run: LocalRun | undefined;
  const { promise: impatient, reject: giveUp } = Promise.withResolvers<never>();
  // Nobody may be waiting for it any more.
  impatient.catch(() => {});
  const stop = (signal: string) => run?.stop(`Stopped by the user (${signal}).`);
  let lastSignal = '';
  let lastAtMs = Number.NEGATIVE_INFINITY;
  const end = cli.onInterrupt((signal) => {
    const sinceLastMs = cli.nowMs() - lastAtMs;
    if (sinceLastMs < ONE_PRESS_MS) return;
    lastAtMs = cli.nowMs();
    count += 1;
    lastSignal = signal;
    if (run === undefined) {
      if (count === 1) {
        say(NOT_STARTED_YET);
        preparation.abort(stoppedBeforeStart());
      } else giveUp(stoppedBeforeStart());
      return;
    }
    say(count === 1 ? STOPPING : STILL_STOPPING);
    if (count === 1) stop(signal);
  });
  return {
    impatient,
    end,
    interrupted: () => count > 0,
    started: (started: LocalRun) => {
      run = started;
      if (count === 0) return;
      say(STOPPING);
      stop(lastSignal);
    },
  };
}

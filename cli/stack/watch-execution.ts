import { ENGINE_PORT, engineName, NAMESPACE } from '#core/cluster/names.ts';
import type { Plan } from '#core/plan/types.ts';
import type { ExecutionEvent } from '#core/progress/execution-event.ts';
import { lastWarnings } from '#core/progress/last-warnings.ts';
import { allReleased } from '#core/progress/overview.ts';
import { type RunProgress, startProgress } from '#core/progress/progress.ts';
import { reduce } from '#core/progress/reduce.ts';
import { ErrorName } from '#core/workflow/errors.ts';
import type { RunStatus } from '#core/workflow/payload.ts';
import type { Cli } from '../cli.ts';
import { heldNotes, type Reach } from '../live/held.ts';
import { liveScreen, plainScreen, type Screen } from '../live/screen.ts';
import { cellLabels, deploymentLabels } from '../render/labels.ts';
import { followExecution, pauseMs } from './follow.ts';
import { type Leaving, leaving } from './leaving.ts';
import type { OpenStack } from './open-stack.ts';
import { plannedBy, releasedAt } from './stored-run.ts';
import { Unanswered } from './unanswered.ts';

export interface WatchedExecution {
  progress: RunProgress;
  /** As the run was planned; undefined when it ended before that. */
  plan: Plan | undefined;
  /** The person left, and the run goes on. */
  detached: boolean;
  /** The person stopped it. */
  interrupted: boolean;
  /** Proven gone; when a run that failed is let go of by the guards, this takes a while. */
  released: boolean;
  transitions: number;
  warnings: string[];
  /** How to read the logs of functions that did not answer. */
  logs: string[];
  output: { status?: RunStatus; reportKey?: string };
}

export interface WatchOptions {
  run: string;
  execution: string;
  /** Whether a second Ctrl-C stops the run. */
  mayStop: boolean;
}

const REDRAW_MS = 200;

/** The API server answers inside of the VPC only, unless the stack names ranges of addresses; and it knows nobody else. */
const REACHED_FROM =
  'from a machine with a way into the VPC of the cluster (VPN, Direct Connect, a host there), with a role of cluster.operators in the configuration of the stack:';

/** The guards ask again every five minutes; a drain takes ten, and half an hour is what the machine itself waits. */
const RELEASE_PATIENCE_MS = 40 * 60_000;

/** Shows an execution from its history, until it has ended and everything of the run is gone, or the person leaves. */
export async function watchExecution(cli: Cli, stack: OpenStack, options: WatchOptions): Promise<WatchedExecution> {
  const { executions } = stack.ports;
  const { run, execution, mayStop } = options;
  const stop = () =>
    executions.stop(execution, { error: ErrorName.Interrupted, cause: 'Stopped by the user, at the command line.' });
  let screen: Screen | undefined;
  const leave = leaving(cli, { run, stack: stack.name, mayStop, stop, say: (text) => say(cli, screen, text) });
  const follower = followExecution(executions, execution);
  const seen = new Seen();
  let stopDrawing = () => {};
  try {
    for (;;) {
      const look = await follower.look();
      seen.add(look.events);
      if (screen === undefined) {
        const plan = await plannedBy(stack.store, run, execution);
        if (plan !== undefined || look.ended) {
          const shown = screenOf(cli, plan);
          screen = shown;
          if (cli.stderr.isTTY) stopDrawing = cli.every(REDRAW_MS, () => shown.show(seen.progress, cli.nowMs()));
          const held = heldNotes(deploymentLabels(plan?.deployments ?? []), byPortForward(plan, stack.region));
          seen.onChange = (progress) => {
            // Where each change is a line of its own, none may be skipped.
            if (!cli.stderr.isTTY) shown.show(progress, cli.nowMs());
            for (const note of held(progress, cli.nowMs())) shown.note(note);
          };
          seen.plannedAs(plan);
        }
      }
      screen?.show(seen.progress, cli.nowMs());
      if (look.ended) break;
      if (await leave.before(cli.pause(pauseMs(look.calls))))
        return seen.end({ leave, released: false, region: stack.region });
    }
    const released = await untilReleased(cli, stack, options, seen, leave);
    screen?.show(seen.progress, cli.nowMs());
    return seen.end({ leave, released, region: stack.region });
  } finally {
    stopDrawing();
    screen?.done();
    leave.end();
  }
}

/** What has been seen so far. Events come before the plan does, and are gone through again when it is there. */
class Seen {
  progress = startProgress([]);
  onChange: (progress: RunProgress) => void = () => {};
  #plan: Plan | undefined;
  #before: ExecutionEvent[] | undefined = [];
  #transitions = 0;
  #output: unknown;
  #warnings: string[] = [];
  readonly #unanswered = new Unanswered();

  add(events: readonly ExecutionEvent[]): void {
    this.#unanswered.add(events);
    for (const { parent, event } of events) {
      if (event.stateEnteredEventDetails !== undefined) this.#transitions += 1;
      if (parent === undefined) this.#output ??= event.executionSucceededEventDetails?.output;
    }
    const own = events.flatMap(({ parent, event }) => (parent === undefined ? [event] : []));
    this.#warnings = lastWarnings(own) ?? this.#warnings;
    if (this.#before === undefined) this.#goThrough(events);
    else this.#before.push(...events);
  }

  plannedAs(plan: Plan | undefined): void {
    const before = this.#before ?? [];
    this.#plan = plan;
    this.#before = undefined;
    this.progress = startProgress(plan?.deployments ?? []);
    this.#goThrough(before);
  }

  /** In the order of time, as far as histories of several executions have one. */
  #goThrough(events: readonly ExecutionEvent[]): void {
    const inTime = events.toSorted((a, b) => Date.parse(a.event.timestamp) - Date.parse(b.event.timestamp));
    for (const event of inTime) {
      this.progress = reduce(this.progress, event);
      this.onChange(this.progress);
    }
  }

  released(atMs: number): void {
    this.progress = allReleased(this.progress, atMs);
  }

  end({ leave, released, region }: { leave: Leaving; released: boolean; region: string }): WatchedExecution {
    return {
      progress: this.progress,
      plan: this.#plan,
      detached: leave.detached(),
      interrupted: leave.stopped(),
      released,
      transitions: this.#transitions,
      warnings: this.#warnings,
      logs: this.#unanswered.lines(region),
      output: outputOf(this.#output),
    };
  }
}

function outputOf(text: unknown): WatchedExecution['output'] {
  try {
    return typeof text === 'string' ? (JSON.parse(text) as WatchedExecution['output']) : {};
  } catch {
    return {};
  }
}

/** An execution that did not release its run is followed by the guards: the lease says when they are done. */
async function untilReleased(
  cli: Cli,
  { store }: OpenStack,
  { run, execution }: WatchOptions,
  seen: Seen,
  leave: Leaving,
): Promise<boolean> {
  if (seen.progress.run.releasedAtMs !== undefined) return true;
  const untilMs = cli.nowMs() + RELEASE_PATIENCE_MS;
  for (;;) {
    const at = await releasedAt(store, run, execution);
    if (at !== 'not-yet') {
      seen.released(at ?? cli.nowMs());
      return true;
    }
    if (cli.nowMs() >= untilMs || (await leave.before(cli.pause(pauseMs(0))))) return false;
  }
}

/** For a person whose role the stack lets in, on a machine with a way to the API server: nothing opens an engine. */
const byPortForward =
  (plan: Plan | undefined, region: string): Reach =>
  ({ deployment, deadline }) => {
    // Deployments are known by their plan.
    if (plan === undefined) return '';
    const service = engineName(plan.run, deployment, deadline);
    const commands = [
      `aws eks update-kubeconfig --region ${region} --name ${plan.cluster.name}`,
      `kubectl --namespace ${NAMESPACE} port-forward service/${service} ${ENGINE_PORT}`,
      `curl http://127.0.0.1:${ENGINE_PORT}/v1/models`,
    ];
    return `${REACHED_FROM} ${commands.join(' ; ')}`;
  };

function screenOf(cli: Cli, plan: Plan | undefined): Screen {
  const deployments = plan?.deployments ?? [];
  const names = {
    deployments: deploymentLabels(deployments),
    cells: cellLabels(deployments.flatMap(({ cells }) => cells)),
  };
  return cli.stderr.isTTY ? liveScreen(cli.stderr, names) : plainScreen(cli.stderr, names, startProgress(deployments));
}

function say(cli: Cli, screen: Screen | undefined, text: string): void {
  if (screen === undefined) cli.stderr.write(`${text}\n`);
  else screen.say(text);
}

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { connectStack } from '#aws/stack/connect.ts';
import { openStack } from '#cli/stack/open-stack.ts';
import { plannedBy } from '#cli/stack/stored-run.ts';
import { watchExecution } from '#cli/stack/watch-execution.ts';
import type { ExecutionEvent } from '#core/progress/execution-event.ts';
import { type RunProgress, startProgress } from '#core/progress/progress.ts';
import { reduce } from '#core/progress/reduce.ts';
import { executionArn } from '#local/runtime/execute.ts';
import { fakeCli, stepbench } from '#test/cli/fake-cli.ts';
import { fakeAws } from '#test/cli/stack/fake-stack.ts';
import { newWorld, SMALL, type VirtualWorld, virtualRun } from '#test/local/runtime/virtual-run.ts';
import { type StepFunctionsStub, startStepFunctions } from '../stub/step-functions.ts';

/**
 * The machine itself, run by the interpreter with the real tasks, behind the wire protocol of Step Functions: the
 * command line starts it, reads its histories through the SDK while they are written, and stops it.
 */
interface Account {
  stub: StepFunctionsStub;
  world: VirtualWorld;
  events: ExecutionEvent[];
  ended: Promise<unknown>[];
  stops: string[];
  /** Tasks that never answer: Lambda ends them. */
  hangs: Set<string>;
  /** Stops the time of the machine once it looks at its engines, until it is told to go on. */
  holdAtEngines(): () => void;
  cli(options?: { isTTY?: boolean }): ReturnType<typeof fakeCli>;
}

let folder: string;
let matrixFile: string;
let account: Account;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stepbench-stack-'));
  matrixFile = join(folder, 'matrix.json');
  await writeFile(matrixFile, JSON.stringify(SMALL));
  account = await startAccount();
});
afterEach(async () => {
  await Promise.all(account.ended);
  await account.stub.close();
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

/** As Lambda says it to Step Functions. */
const timedOut = (): Error =>
  Object.assign(
    new Error('RequestId: 3f2504e0-4f89-41d3-9a0c-0305e82c3301 Error: Task timed out after 120.00 seconds'),
    { name: 'Sandbox.Timedout' },
  );

async function startAccount(): Promise<Account> {
  const world = newWorld();
  const events: ExecutionEvent[] = [];
  const ended: Promise<unknown>[] = [];
  const stops: string[] = [];
  const hangs = new Set<string>();
  let gate: Promise<void> | undefined;
  const handles = new Map<string, { stop(reason: string): void }>();
  const stub = await startStepFunctions({
    start: ({ name, input }) => {
      const { matrix, run } = input as { matrix: unknown; run: string };
      const running = virtualRun({
        ...{ world, matrix, run, name },
        around: (invoke) => async (task, payload) => {
          const held = gate;
          if (hangs.has(task)) throw timedOut();
          if (task === 'CheckModel' && held !== undefined) await world.clock.busy(() => held);
          return invoke(task, payload);
        },
        started: (handle) => handles.set(executionArn(name), handle),
        onEvent: (event) => {
          events.push(event);
          stub.add(event);
        },
      });
      ended.push(running);
      return executionArn(name);
    },
    stop: (execution, { cause }) => {
      stops.push(cause);
      handles.get(execution)?.stop(cause);
    },
  });
  vi.stubEnv('AWS_ENDPOINT_URL_SFN', stub.url);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'testing');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'testing');
  vi.stubEnv('AWS_REGION', 'us-east-1');
  return {
    ...{ stub, world, events, ended, stops, hangs },
    holdAtEngines: () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      gate = promise;
      return resolve;
    },
    cli: (options = {}) =>
      fakeCli({
        ...options,
        // The bucket is the store that the tasks write to; all that is asked of Step Functions goes over the wire.
        connectStack: async (region) => ({
          ...fakeAws({ store: world.store }),
          executions: (await connectStack(region)).executions,
        }),
        pause: () => delay(5),
      }),
  };
}

const MONDAY = ['--stack', 'bench', '--run', 'monday', '--yes'] as const;

const hasEntered = (state: string): boolean =>
  account.events.some(({ event }) => event.stateEnteredEventDetails?.name === state);

const seen = ({ run, deployments, lastEventAtMs }: RunProgress) => ({ run, deployments, lastEventAtMs });

describe('a run on a stack', () => {
  it('is started, watched and told as it was', async () => {
    const cli = account.cli();
    expect(await stepbench(cli, 'run', matrixFile, ...MONDAY)).toBe(0);
    const told = cli.stderr.text();
    for (const phase of ['cluster', 'measure', 'release', 'answer']) expect(told).toContain(`run: ${phase}`);
    expect(told).toMatch(/g5\.8xlarge TP=1: launch/);
    expect(told).toMatch(/g5\.16xlarge TP=1: concurrency=4 measured after/);
    expect(told).toMatch(/SUCCEEDED run monday: 4 of 4 cells valid/);
    expect(told).toMatch(/The nodes were held for \$\d/);
    expect(told).not.toContain('nothing was spent');
    const end = told.slice(told.indexOf('SUCCEEDED run monday')).replace(/\s+/g, ' ');
    expect(end).toMatch(
      /The cluster \S+ is kept after the run: \$0\.10 an hour.*\(AWS price list, AmazonEKS, 2026-07\)/,
    );
    expect(account.stub.asked.filter((name) => name === 'GetExecutionHistory').length).toBeGreaterThan(5);
  });

  it('ends in the same view as that of the run itself, which saw every event as it happened', async () => {
    const started = account.cli();
    await stepbench(started, 'run', matrixFile, ...MONDAY, '--detach');
    expect(started.stdout.text()).toBe('monday\n');
    const cli = account.cli();
    const stack = await openStack(cli, { stack: 'bench' });
    await vi.waitUntil(() => account.events.length > 0, { interval: 1 });
    const { execution } = account.events[0]!;
    // Looked at while it runs, and again from the beginning when it is over.
    const during = await watchExecution(cli, stack, { run: 'monday', execution, mayStop: false });
    const after = await watchExecution(cli, stack, { run: 'monday', execution, mayStop: false });
    const plan = await plannedBy(account.world.store, 'monday', execution);
    const itself = account.events.reduce(reduce, startProgress(plan!.deployments));
    expect(itself.run.outcome).toBe('SUCCEEDED');
    expect(seen(during.progress)).toEqual(seen(itself));
    expect(seen(after.progress)).toEqual(seen(itself));
    expect(after).toMatchObject({ released: true, detached: false, output: { status: 'SUCCEEDED' } });
  });

  it('is told to programs as a local run is', async () => {
    const cli = account.cli();
    await stepbench(cli, 'run', matrixFile, ...MONDAY, '--json');
    const watched = account.cli();
    expect(await stepbench(watched, 'watch', 'monday', '--stack', 'bench', '--json')).toBe(0);
    const [run, watch] = [cli, watched].map(({ stdout }) => JSON.parse(stdout.text()));
    expect(run).toMatchObject({
      ...{ command: 'run', run: 'monday', stack: 'bench', status: 'SUCCEEDED', exit_code: 0, nodes_left: 0 },
      ...{ cells: { total: 4, valid: 4, invalid: 0, failed: 0 }, error: null },
      kept_cluster: { name: 'stepbench', usd_per_hour: 0.1, price_as_of: '2026-07' },
    });
    expect(watch).toEqual({ ...run, command: 'watch' });
  });

  it('says nothing of a cluster that went with it', async () => {
    await writeFile(matrixFile, JSON.stringify({ ...SMALL, cluster: { ephemeral: true } }));
    const cli = account.cli();
    await stepbench(cli, 'run', matrixFile, ...MONDAY, '--json');
    expect(JSON.parse(cli.stdout.text())).toMatchObject({ status: 'SUCCEEDED', kept_cluster: null });
    expect(cli.stderr.text()).not.toContain('is kept after');
  });

  it('says of a deployment that is held how to reach it, once', async () => {
    await writeFile(matrixFile, JSON.stringify({ ...SMALL, hold: { minutes: 10 }, budgetUsd: 60 }));
    const cli = account.cli();
    Object.assign(cli, { nowMs: () => 0 });
    await stepbench(cli, 'run', matrixFile, ...MONDAY);
    const notes = cli.stderr
      .text()
      .split('\n')
      .filter((line) => line.includes('is held until'));
    expect(notes).toHaveLength(2);
    expect(notes.join()).toMatch(
      /g5\.8xlarge TP=1 is held until \d\d:\d\d UTC: from a machine with a way into the VPC.* a role of cluster\.operators.*: aws eks update-kubeconfig --region us-east-1 --name stepbench ; kubectl --namespace stepbench port-forward service\/engine-monday-[\w-]+ 8000 ; curl/,
    );
  });

  it('says how to read the log of a function that was ended by its time limit', async () => {
    account.hangs.add('PublishReport');
    const cli = account.cli();
    expect(await stepbench(cli, 'run', matrixFile, ...MONDAY)).toBe(0);
    expect(cli.stderr.text()).toMatch(
      /^PublishReport had no answer of its function \(Sandbox\.Timedout\)\. What it logged: aws logs tail \$\(aws lambda get-function-configuration --region us-east-1 --function-name \S*PublishReport\S* --query LoggingConfig\.LogGroup --output text\) --region us-east-1 --since \S+ --filter-pattern '"3f2504e0-\S+"'$/m,
    );
  });

  it('goes on when the person leaves', async () => {
    const goOn = account.holdAtEngines();
    const cli = account.cli();
    const watching = stepbench(cli, 'run', matrixFile, ...MONDAY);
    await vi.waitUntil(() => cli.stderr.text().includes('run: measure'), { interval: 1, timeout: 20_000 });
    cli.press('SIGTERM');
    expect(await watching).toBe(130);
    goOn();
    expect(cli.stderr.text()).toContain('The run goes on in AWS. Look again: stepbench watch monday --stack bench');
    expect(account.stops).toEqual([]);
    const again = account.cli();
    expect(await stepbench(again, 'watch', 'monday', '--stack', 'bench')).toBe(0);
    expect(again.stderr.text()).toMatch(/SUCCEEDED run monday: 4 of 4/);
  });

  it('is stopped by a second Ctrl-C, and watched until the guards have let go of everything', async () => {
    const goOn = account.holdAtEngines();
    const cli = account.cli({ isTTY: true });
    let drawn = '';
    Object.assign(cli.stderr.stream, {
      write: (text: string) => {
        drawn += text;
        return true;
      },
    });
    const watching = stepbench(cli, 'run', matrixFile, ...MONDAY);
    await vi.waitUntil(() => hasEntered('CheckModel'), { interval: 1, timeout: 20_000 });
    cli.press();
    cli.press();
    await vi.waitUntil(() => account.stops.length > 0, { interval: 1, timeout: 20_000 });
    goOn();
    expect(await watching).toBe(130);
    expect(account.stops).toEqual(['Stopped by the user, at the command line.']);
    const told = (cli.stderr.text() + drawn).replaceAll(/\s+/g, ' ');
    expect(told).toContain('Stopping: what was measured is kept');
    expect(told).toContain('everything of the run is released');
    expect(told).toContain('stepbench run --resume monday --stack bench');
  });

  it('cannot be started a second time while it is under way', async () => {
    const goOn = account.holdAtEngines();
    await stepbench(account.cli(), 'run', matrixFile, ...MONDAY, '--detach');
    await vi.waitUntil(() => hasEntered('CheckModel'), { interval: 1, timeout: 20_000 });
    const second = account.cli();
    expect(await stepbench(second, 'run', '--resume', 'monday', '--stack', 'bench', '--yes', '--json')).toBe(2);
    expect(JSON.parse(second.stdout.text()).error.code).toBe('run-active');
    goOn();
  });

  it('that would go on with another matrix is refused before it is started, with all that is wrong', async () => {
    await stepbench(account.cli(), 'run', matrixFile, ...MONDAY);
    const other = join(folder, 'other.json');
    await writeFile(other, JSON.stringify({ ...SMALL, matrix: { ...SMALL.matrix, concurrency: [8] } }));
    const cli = account.cli();
    cli.advance(3_600_000);
    expect(await stepbench(cli, 'run', other, '--resume', 'monday', '--stack', 'bench', '--yes', '--json')).toBe(2);
    expect(JSON.parse(cli.stdout.text()).error).toMatchObject({
      code: 'matrix-invalid',
      problems: [expect.objectContaining({ code: 'not-resumable' })],
    });
  });
});

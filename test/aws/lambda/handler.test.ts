import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { taskHandler } from '#aws/lambda/handler.ts';
import { ErrorName, StepBenchError } from '#core/workflow/errors.ts';
import type { TaskHandler } from '#core/workflow/task-signatures.ts';

const CONTEXT = { awsRequestId: 'request-1' };
const EVENT = {
  run: 'run-1',
  cluster: { name: 'c', version: '1.36', ephemeral: false },
  deadline: '2026-01-31T10:00:00Z',
};

describe('a task as a function', () => {
  let written: string[];
  beforeEach(() => {
    written = [];
    const write = (chunk: unknown) => {
      written.push(String(chunk));
      return true;
    };
    vi.spyOn(process.stdout, 'write').mockImplementation(write as typeof process.stdout.write);
    vi.spyOn(process.stderr, 'write').mockImplementation(write as typeof process.stderr.write);
    vi.stubEnv('POWERTOOLS_SERVICE_NAME', 'Bench');
  });
  afterEach(() => {
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
  });

  const run = (task: TaskHandler<'ProvisionCluster'>, event: unknown = EVENT) =>
    taskHandler('ProvisionCluster', task)(event as never, CONTEXT);
  const lines = () => written.flatMap((text) => text.trim().split('\n')).map((line) => JSON.parse(line));
  const log = () => lines().filter((line) => line.level !== undefined);
  const metrics = () => lines().filter((line) => line._aws !== undefined);

  it('answers what the task answers, in one line of the log and one of the metrics', async () => {
    expect(await run(async () => ({ status: 'done' }))).toEqual({ status: 'done' });
    expect(log()).toEqual([
      expect.objectContaining({
        level: 'INFO',
        message: 'done',
        service: 'Bench',
        task: 'ProvisionCluster',
        run: 'run-1',
        requestId: 'request-1',
        durationMs: expect.any(Number),
      }),
    ]);
    expect(metrics()).toEqual([
      expect.objectContaining({ service: 'Bench', task: 'ProvisionCluster', Errors: 0, Duration: expect.any(Number) }),
    ]);
    expect(metrics()[0]._aws.CloudWatchMetrics[0].Namespace).toBe('StepBench');
  });

  it('fails by the name that the state machine knows', async () => {
    const error = new StepBenchError(ErrorName.ClusterFailed, 'no subnets', { cause: new Error('the cause, apart') });
    await expect(run(() => Promise.reject(error))).rejects.toBe(error);
    expect(log()).toEqual([
      expect.objectContaining({ level: 'ERROR', message: 'no subnets', errorName: 'ClusterFailed', run: 'run-1' }),
    ]);
    expect(metrics()).toEqual([expect.objectContaining({ Errors: 1 })]);
    expect(written.join()).not.toContain('the cause, apart');
  });

  it('gives a name to what came from below without one', async () => {
    const throttled = Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException', $metadata: {} });
    await expect(run(() => Promise.reject(throttled))).rejects.toMatchObject({ name: 'Retryable' });
    const reset = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
    await expect(run(() => Promise.reject(reset))).rejects.toMatchObject({ name: 'Retryable' });
    const denied = Object.assign(new Error('no'), { name: 'AccessDeniedException', $metadata: {} });
    await expect(run(() => Promise.reject(denied))).rejects.toMatchObject({ name: 'ServiceRefused' });
    expect(log().map(({ level }) => level)).toEqual(['WARN', 'WARN', 'ERROR']);
  });

  it('lets a defect through as it is', async () => {
    const defect = new TypeError('x is not a function');
    await expect(run(() => Promise.reject(defect))).rejects.toBe(defect);
  });

  it('says which deployment and cell it was about, and nothing else of its event', async () => {
    const event = {
      ...EVENT,
      deployment: 'dep1',
      cell: 'cell1',
      attempt: 2,
      matrix: { headers: 'Bearer s3cret-value' },
    };
    await run(async () => ({ status: 'done' }), event);
    expect(log()[0]).toMatchObject({ run: 'run-1', deployment: 'dep1', cell: 'cell1', attempt: '2' });
    const error = new Error('cannot use token hf_AbCdEfGhIjKl');
    await expect(run(() => Promise.reject(error), event)).rejects.toBe(error);
    expect(written.join()).not.toMatch(/s3cret|AbCdEfGhIjKl/);
  });

  it('mixes no run up with the one before it', async () => {
    const task = taskHandler('ProvisionCluster', async () => ({ status: 'done' }) as const);
    await task({ ...EVENT, cell: 'cell1' } as never, CONTEXT);
    await task({ ...EVENT, run: 'run-2' } as never, CONTEXT);
    expect(log().map(({ run: of, cell }) => [of, cell])).toEqual([
      ['run-1', 'cell1'],
      ['run-2', undefined],
    ]);
  });
});

import { describe, expect, it } from 'vitest';
import { NOTHING_SPENT } from '#core/plan/spending.ts';
import { VirtualClock } from '#local/clock/virtual-clock.ts';
import * as expressions from '#statemachines/expressions.ts';
import { execute, machineOf, named, start, taskOf } from '#test/local/asl/execute.ts';

const { CAUGHT, CAUGHT_WHOLE, CELLS, CELLS_OUTCOME, DEPLOYMENT_DEADLINE, FINAL_CAUSE, FINAL_ERROR } = expressions;
const { GIVEN_MATRIX, HOLD_UNTIL, MANY_FAILED, OVER_BUDGET, REQUESTED_RUN, THIS_CELL, warn } = expressions;

/** The value of an expression, as the interpreter computes it from variables and an input. */
async function value(
  expression: unknown,
  { variables = {}, input = {} }: { variables?: object; input?: unknown } = {},
) {
  const { result } = await execute(
    {
      Assign: { Type: 'Pass', Assign: { nothing: '', ...variables }, Next: 'Evaluate' },
      Evaluate: { Type: 'Pass', Output: expression, End: true },
    },
    { input },
  );
  return result.status === 'SUCCEEDED' ? result.output : { error: result.error };
}

/** The value of an expression in the Catch of a task that ends with this error. */
async function caught(expression: unknown, error: Error | 'timeout', variables: object = {}) {
  const clock = new VirtualClock({ startMs: 0 });
  const { result } = await execute(
    {
      Assign: { Type: 'Pass', Assign: { nothing: '', ...variables }, Next: 'Task' },
      Task: taskOf('f', {
        TimeoutSeconds: 5,
        Catch: [{ ErrorEquals: ['States.ALL'], Output: expression, Next: 'Done' }],
      }),
      Done: { Type: 'Succeed' },
    },
    {
      clock,
      functions: {
        f: () => {
          if (error === 'timeout') return clock.sleep(60_000);
          throw error;
        },
      },
    },
  );
  return (result.output ?? { error: result.error }) as { error: string; cause: string };
}

describe('what a caller gives', () => {
  it.each([
    [{}, ''],
    [{ run: 'night' }, 'night'],
    [{ run: '' }, ''],
  ])('%j asks for run %j', async (input, run) => expect(await value(REQUESTED_RUN, { input })).toBe(run));

  it.each([
    [{}, {}],
    [{ matrix: null }, null],
    [{ matrix: [] }, []],
    [{ matrix: 'text' }, 'text'],
    [{ matrix: { budgetUsd: 1, matrix: { concurrency: [2] } } }, { budgetUsd: 1, matrix: { concurrency: [2] } }],
  ])('%j has matrix %j, for ExpandMatrix to judge', async (input, matrix) => {
    expect(await value(GIVEN_MATRIX, { input })).toEqual(matrix);
  });
});

describe('what a Catch keeps', () => {
  it('is the name and the beginning of the cause', async () => {
    const long = await caught(CAUGHT, named('EngineFailed', 'x'.repeat(5000)));
    expect(long).toEqual({ error: 'EngineFailed', cause: expect.stringMatching(/^\{"errorMessage":"x+$/) });
    expect(long.cause).toHaveLength(2000);
    expect(await caught(CAUGHT, named('E', 'short'))).toMatchObject({
      cause: expect.stringContaining('"errorMessage":"short"'),
    });
  });

  it('is enough for all mistakes of a matrix, and fits the cause of a Fail', async () => {
    const { cause } = await caught(CAUGHT_WHOLE, named('InvalidMatrix', 'x'.repeat(29_000)));
    expect(cause).toContain('x'.repeat(29_000));
    const longest = await caught(CAUGHT_WHOLE, named('InvalidMatrix', 'x'.repeat(100_000)));
    expect(longest.cause.length).toBeLessThanOrEqual(32_768);
  });

  it('is a name without a cause of a timeout, for which AWS gives none', async () => {
    expect(await caught(CAUGHT, 'timeout')).toEqual({ error: 'States.Timeout', cause: '' });
  });

  it('grows the list of warnings, from none on', async () => {
    const error = named('QueryFailed', 'no such table. Ask again.');
    const warning = 'Query: QueryFailed: no such table. Ask again.';
    expect(await caught(warn('Query'), error, { warnings: [] })).toEqual([warning]);
    expect(await caught(warn('Query'), error, { warnings: ['a'] })).toEqual(['a', warning]);
    expect(await caught(warn('Query'), error, { warnings: ['a', 'b'] })).toEqual(['a', 'b', warning]);
    expect(await caught(warn('Query'), 'timeout', { warnings: [] })).toEqual(['Query: States.Timeout']);
  });

  it('says of deployments that failed outright where to look, beside what was said before', async () => {
    const said = expect.stringContaining('their own executions say why');
    expect(await value(MANY_FAILED, { variables: { warnings: [] } })).toEqual([said]);
    expect(await value(MANY_FAILED, { variables: { warnings: ['a'] } })).toEqual(['a', said]);
  });

  it.each([
    ['{"errorMessage":"full","errorType":"StoreFull","trace":["at x"]}', 'full'],
    ['{"errorType":"StoreFull","errorMessage":"full","trace":["at x"]}', 'full'],
    ['killed', 'killed'],
  ])('warns of %s with its message', async (cause, message) => {
    const expression = warn('Query').replaceAll('$states.errorOutput', '$thrown');
    const variables = { warnings: [], thrown: { Error: 'E', Cause: cause } };
    expect(await value(expression, { variables })).toEqual([`Query: E: ${message}`]);
  });
});

describe('a deployment', () => {
  it.each([
    [['valid', 'valid'], 'measured'],
    [['failed', 'invalid'], 'measured'],
    [['invalid'], 'measured'],
    [['failed', 'not-recorded'], 'failed'],
    [['failed'], 'failed'],
  ])('of cells that were %j is %s', async (statuses, outcome) => {
    const expression = CELLS_OUTCOME.replace('$states.result', '$turns');
    const turns = statuses.map((status, index) => ({ cell: `c${index}`, status }));
    expect(await value(expression, { variables: { turns } })).toBe(outcome);
  });

  it('has its deadline from its own start, in the form of all times', async () => {
    const execution = start(machineOf({ Evaluate: { Type: 'Pass', Output: DEPLOYMENT_DEADLINE, End: true } }), {
      input: { maxSeconds: 5400 },
    });
    expect((await execution.done).output).toBe('1970-01-01T01:30:00.000Z');
  });

  it('that nobody gave seconds fails instead of having none', async () => {
    expect(await value(DEPLOYMENT_DEADLINE, { input: {} })).toEqual({ error: 'States.QueryEvaluationError' });
  });

  it.each([
    [600, '1970-01-01T00:10:00.000Z'],
    [0, '1970-01-01T00:00:00.000Z'],
    [7200, '1970-01-01T01:00:00.000Z'],
  ])('held for %d s is held until %s, its deadline at the latest', async (holdSeconds, until) => {
    const variables = { holdSeconds, deploymentDeadline: '1970-01-01T01:00:00.000Z' };
    const clock = new VirtualClock({ startMs: 0 });
    const { result } = await execute(
      {
        Assign: { Type: 'Pass', Assign: variables, Next: 'Hold' },
        Hold: { Type: 'Wait', Timestamp: HOLD_UNTIL, Next: 'Done' },
        Done: { Type: 'Succeed' },
      },
      { clock },
    );
    expect(result.status).toBe('SUCCEEDED');
    expect(new Date(clock.nowMs()).toISOString()).toBe(until);
  });

  it('has a list of cells, also of one', async () => {
    for (const cells of [[{ cell: 'a' }], [{ cell: 'a' }, { cell: 'b' }]]) {
      expect(await value(CELLS, { variables: { cells } })).toEqual(cells);
    }
    expect(await value(CELLS, { variables: { cells: { cell: 'a' } } })).toEqual([{ cell: 'a' }]);
  });

  it('takes one cell after the other', async () => {
    const turn = { Type: 'Pass', Output: THIS_CELL, End: true };
    const { result } = await execute(
      {
        Each: {
          Type: 'Map',
          Items: '{% $states.input %}',
          ItemProcessor: { StartAt: 'Turn', States: { Turn: turn } },
          End: true,
        },
      },
      { input: [{ cell: 'a' }, { cell: 'b' }] },
    );
    expect(result.output).toEqual(['a', 'b']);
  });
});

describe('how a run ends that failed', () => {
  it('is by the failure that it had', async () => {
    const variables = { run: 'night', failure: { error: 'ClusterFailed', cause: 'no subnets' } };
    expect(await value(FINAL_ERROR, { variables })).toBe('ClusterFailed');
    expect(await value(FINAL_CAUSE, { variables })).toBe('no subnets');
  });

  it('is by its cells where nothing failed but them', async () => {
    const variables = { run: 'night', failure: { error: '', cause: '' } };
    expect(await value(FINAL_ERROR, { variables })).toBe('NothingMeasured');
    expect(await value(FINAL_CAUSE, { variables })).toMatch(/^No cell of the run night gave a valid measurement/);
  });

  it.each([
    [12.5, 10],
    [1e-7, 0],
    [123_456_789.25, 1_000_000],
  ])('names both figures when $%d are over $%d', async (estimateUsd, budgetUsd) => {
    const told = await value(OVER_BUDGET, { variables: { estimateUsd, budgetUsd, spent: NOTHING_SPENT } });
    expect(told).toContain(`$${estimateUsd} is over the budget of $${budgetUsd}:`);
  });

  it('says of a resumed run what became of the rest', async () => {
    const spent = { nodesUsd: 4.504, sharedUsd: 3, reservedUsd: 0.25 };
    expect(await value(OVER_BUDGET, { variables: { estimateUsd: 12.5, budgetUsd: 10, spent } })).toContain(
      'budget of $10, which is what earlier executions of the run have left of it (nodes $4.5, shared costs $3, reserved for nodes not known to be gone $0.25): nothing was started',
    );
  });
});

it('every expression has a test of its own here', () => {
  expect(Object.keys(expressions).toSorted()).toEqual([
    ...['CAUGHT', 'CAUGHT_WHOLE', 'CELLS', 'CELLS_OUTCOME', 'DEPLOYMENT_DEADLINE', 'FINAL_CAUSE', 'FINAL_ERROR'],
    ...['GIVEN_MATRIX', 'HOLD_UNTIL', 'MANY_FAILED', 'OVER_BUDGET', 'REQUESTED_RUN', 'THIS_CELL', 'warn'],
  ]);
});

import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { execute, taskOf } from './execute.ts';

const outputOf = async (states: Record<string, object>, input: unknown = {}) => {
  const { result } = await execute(states, { input });
  expect(result).toMatchObject({ status: 'SUCCEEDED' });
  return result.output;
};

const errorOf = async (states: Record<string, object>, input: unknown = {}) => {
  const { result } = await execute(states, { input });
  return [result.status, result.error, result.cause];
};

const choice = (condition: unknown, fields: object = {}) => ({
  C: { Type: 'Choice', Choices: [{ Condition: condition, Next: 'Yes' }], Default: 'No', ...fields },
  Yes: { Type: 'Pass', Output: 'yes', End: true },
  No: { Type: 'Pass', Output: 'no', End: true },
});

describe('Pass and Succeed', () => {
  it('hand on their input when they have no Output', async () => {
    expect(await outputOf({ A: { Type: 'Pass', Next: 'B' }, B: { Type: 'Succeed' } }, [1, null])).toEqual([1, null]);
  });

  it('build their output from constants and expressions', async () => {
    const output = { a: '{% $states.input.x + 1 %}', b: ['{% $states.input.x %}', 'c'], d: null };
    expect(await outputOf({ A: { Type: 'Succeed', Output: output } }, { x: 1 })).toEqual({
      a: 2,
      b: [1, 'c'],
      d: null,
    });
  });

  it('keep the order of members when only some of them need the library', async () => {
    const output = { a: '{% $map([1, 2], function($v) { $v }) %}', b: 1, c: '{% $states.input.x %}' };
    expect(
      Object.keys((await outputOf({ A: { Type: 'Pass', Output: output, End: true } }, { x: 1 })) as object),
    ).toEqual(['a', 'b', 'c']);
  });

  it('give one match as itself and several as a list', async () => {
    const state = { A: { Type: 'Pass', Output: '{% $states.input.cells.id %}', End: true } };
    expect(await outputOf(state, { cells: [{ id: 1 }] })).toBe(1);
    expect(await outputOf(state, { cells: [{ id: 1 }, { id: 2 }] })).toEqual([1, 2]);
  });
});

describe('Choice', () => {
  it('takes the first rule that holds, else Default', async () => {
    expect(await outputOf(choice('{% $states.input.n > 1 %}'), { n: 2 })).toBe('yes');
    expect(await outputOf(choice('{% $states.input.n > 1 %}'), { n: 1 })).toBe('no');
    expect(await outputOf(choice(true))).toBe('yes');
  });

  it('takes a rule whose condition needs the library', async () => {
    const condition = '{% $count($filter($states.input.l, function($v) { $v > 1 })) > 0 %}';
    expect(await outputOf(choice(condition), { l: [1, 2] })).toBe('yes');
    expect(await outputOf(choice(condition), { l: [1] })).toBe('no');
  });

  it("uses a rule's own Assign and Output, and the state's for Default only", async () => {
    const rule = { Condition: '{% $states.input.n > 1 %}', Next: 'End', Assign: { by: 'rule' }, Output: 'r' };
    const states = {
      C: { Type: 'Choice', Choices: [rule], Default: 'End', Assign: { by: 'default' }, Output: 'd' },
      End: { Type: 'Pass', Output: '{% $by & $states.input %}', End: true },
    };
    expect(await outputOf(states, { n: 2 })).toBe('ruler');
    expect(await outputOf(states, { n: 1 })).toBe('defaultd');
  });

  it('fails when nothing matches and there is no Default', async () => {
    const [status, error] = await errorOf(choice('{% false %}', { Default: undefined }));
    expect([status, error]).toEqual(['FAILED', 'States.NoChoiceMatched']);
  });

  it('fails when a condition gives anything but true or false', async () => {
    const [, error, cause] = await errorOf(choice('{% $states.input.n %}'), { n: 'x' });
    expect(error).toBe('States.QueryEvaluationError');
    expect(cause).toMatch(/Expected 'boolean', but was 'string' for value: "x"$/);
  });
});

describe('Wait', () => {
  const waited = async (fields: object, input: unknown = {}) => {
    const { result } = await execute({ W: { Type: 'Wait', End: true, ...fields } }, { input });
    return result.status === 'SUCCEEDED' ? result.stoppedAtMs : [result.error, result.cause];
  };

  it('waits for seconds, and until a time', async () => {
    expect(await waited({ Seconds: 90 })).toBe(90_000);
    expect(await waited({ Seconds: '{% $states.input.s * 2 %}' }, { s: 5 })).toBe(10_000);
    expect(await waited({ Timestamp: '1970-01-02T00:00:00Z' })).toBe(86_400_000);
    expect(await waited({ Timestamp: '{% $states.input.t %}' }, { t: '1970-01-01T01:00:00.5+00:30' })).toBe(1_800_500);
  });

  it('does not wait for what has passed', async () => {
    expect(await waited({ Seconds: 0 })).toBe(0);
    expect(await waited({ Timestamp: '1960-01-01T00:00:00Z' })).toBe(0);
  });

  it.each(['1970-13-01T00:00:00Z', '1970-01-01T25:00:00Z', '1970-02-30T00:00:00Z', '1970-01-01T00:00:00', 'x'])(
    'refuses %s as a time',
    async (t) => {
      const [error, cause] = (await waited({ Timestamp: '{% $states.input.t %}' }, { t })) as string[];
      expect(error).toBe('States.QueryEvaluationError');
      expect(cause).toMatch(/ISO-8601 extended offset date-time/);
    },
  );

  it.each([1.5, -1, '3', null])('refuses %j as seconds', async (s) => {
    expect(await waited({ Seconds: '{% $states.input.s %}' }, { s })).toContain('States.QueryEvaluationError');
  });
});

describe('Fail', () => {
  it('fails with what it says, or with what its expressions say', async () => {
    expect(await errorOf({ F: { Type: 'Fail', Error: 'E', Cause: 'C' } })).toEqual(['FAILED', 'E', 'C']);
    const dynamic = { Type: 'Fail', Error: '{% $states.input.e %}', Cause: '{% "about " & $states.input.e %}' };
    expect(await errorOf({ F: dynamic }, { e: 'E' })).toEqual(['FAILED', 'E', 'about E']);
    expect(await errorOf({ F: { Type: 'Fail' } })).toEqual(['FAILED', undefined, undefined]);
  });

  it('fails differently when its own expressions do', async () => {
    const [, error, cause] = await errorOf({ F: { Type: 'Fail', Error: '{% $states.input.e %}' } });
    expect(error).toBe('States.QueryEvaluationError');
    expect(cause).toMatch(/specified for the field 'Error' returned nothing/);
  });
});

describe('expressions at run time', () => {
  it.each([
    ['{% $states.input.a + "x" %}', /threw an error during evaluation. T2002: /],
    ['{% $missing() %}', /threw an error during evaluation. T1006: /],
    ['{% $states.input.nothing %}', /returned nothing \(undefined\)/],
    ['{% $states.result %}', /returned nothing \(undefined\)/],
    ['{% function($x) { $x } %}', /returned an unsupported result type/],
    ['{% {"f": $sum} %}', /returned an unsupported result type/],
    ['{% 1 / 0 %}', /returned an unsupported result type/],
  ])('%s fails with the field in the cause', async (expression, what) => {
    const [, error, cause] = await errorOf({ A: { Type: 'Pass', Output: { x: [expression] }, End: true } }, { a: 1 });
    expect(error).toBe('States.QueryEvaluationError');
    expect(cause).toContain("the state 'A' (entered at the event id #2). The JSONata expression '");
    expect(cause).toContain("specified for the field 'Output/x[0]' ");
    expect(cause).toMatch(what);
  });

  it('a runaway expression is given up', async () => {
    // Real time, made to pass quickly.
    let now = Date.now();
    vi.spyOn(Date, 'now').mockImplementation(() => (now += 100));
    onTestFinished(() => void vi.restoreAllMocks());
    const endless = '{% ($f := function($x) { $f($x + 1) }; $f(0)) %}';
    const [, error, cause] = await errorOf({ A: { Type: 'Pass', Output: endless, End: true } });
    expect(error).toBe('States.QueryEvaluationError');
    expect(cause).toMatch(/D1012/);
  });

  it('a failure at once beside one that takes time ends the state, not the process', async () => {
    const slow = '{% $map([1], function($v) { $v + "x" }) %}';
    const [, error] = await errorOf({
      A: { Type: 'Pass', Assign: { s: slow }, Output: { a: slow, b: [slow, '{% $missing %}'] }, End: true },
    });
    expect(error).toBe('States.QueryEvaluationError');
    await new Promise((resolve) => setImmediate(resolve));
  });

  it('the context object is as AWS fills it', async () => {
    const { execution, result } = await execute(
      { A: { Type: 'Wait', Seconds: 1, Next: 'B' }, B: { Type: 'Pass', Output: '{% $states.context %}', End: true } },
      { input: { i: 1 }, machineArn: 'arn:aws:states:eu-west-1:111122223333:stateMachine:Bench' },
    );
    expect(result.output).toEqual({
      Execution: {
        Id: 'arn:aws:states:eu-west-1:111122223333:execution:Bench:test',
        Input: { i: 1 },
        Name: 'test',
        StartTime: '1970-01-01T00:00:00.000Z',
        RedriveCount: 0,
      },
      State: { EnteredTime: '1970-01-01T00:00:01.000Z', Name: 'B', RetryCount: 0 },
      StateMachine: { Id: 'arn:aws:states:eu-west-1:111122223333:stateMachine:Bench', Name: 'Bench' },
    });
    expect(execution.arn).toBe('arn:aws:states:eu-west-1:111122223333:execution:Bench:test');
  });

  it('a task knows the context of its state', async () => {
    let seen: unknown;
    await execute({ T: taskOf('f') }, { functions: { f: (_, { context }) => (seen = context) } });
    expect(seen).toMatchObject({ State: { Name: 'T', RetryCount: 0 }, Execution: { Name: 'test' } });
  });
});

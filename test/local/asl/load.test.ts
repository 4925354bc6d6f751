import { describe, expect, it } from 'vitest';
import { startExecution } from '#local/asl/execution.ts';
import { DefinitionError } from '#local/asl/load/problems.ts';
import { loadStateMachine } from '#local/asl/state-machine.ts';
import { VirtualClock } from '#local/clock/virtual-clock.ts';
import { machineOf, taskOf } from './execute.ts';

const problemsOf = (definition: unknown): Record<string, string> => {
  try {
    loadStateMachine(definition);
    return {};
  } catch (error) {
    if (!(error instanceof DefinitionError)) throw error;
    return Object.fromEntries(error.problems.map(({ path, message }) => [path, message]));
  }
};

const pass = (fields: object = {}) => ({ Type: 'Pass', End: true, ...fields });
const pathsOf = (states: Record<string, object>, fields: object = {}) =>
  Object.keys(problemsOf(machineOf(states, fields)));

describe('loading a definition', () => {
  it('reports everything that is wrong in one error, each with its place', () => {
    const problems = problemsOf(
      machineOf({
        A: { Type: 'Pass', InputPath: '$', Next: 'Nowhere' },
        B: { Type: 'Wait', Seconds: -1, End: true },
        C: { Type: 'Choice', Choices: [{ Variable: '$.x', NumericEquals: 1, Next: 'A' }] },
        D: pass({ Output: '{% $states.input. %}' }),
        E: { Type: 'Sleep' },
      }),
    );
    expect(Object.keys(problems).sort()).toEqual([
      '/States/A/InputPath',
      '/States/A/Next',
      '/States/B/Seconds',
      '/States/C/Choices/0/Condition',
      '/States/C/Choices/0/NumericEquals',
      '/States/C/Choices/0/Variable',
      '/States/D/Output',
      '/States/E/Type',
    ]);
    expect(problems['/States/A/InputPath']).toMatch(/JSONPath.*Arguments/);
    expect(() => loadStateMachine(machineOf({ A: { Type: 'Pass' } }))).toThrow(/\/States\/A: needs either Next or/);
  });

  it.each([undefined, null, 'text', [], 7, {}, { States: 3 }, { States: { A: null } }, { States: { A: { Type: 1 } } }])(
    'refuses %j without falling over',
    (definition) => {
      expect(() => loadStateMachine(definition)).toThrow(DefinitionError);
    },
  );

  it('asks for JSONata by name, since AWS would assume JSONPath', () => {
    expect(problemsOf({ StartAt: 'A', States: { A: pass() } })['/QueryLanguage']).toMatch(/must say JSONata/);
    expect(pathsOf({ A: pass({ QueryLanguage: 'JSONPath' }) })).toEqual(['/States/A/QueryLanguage']);
  });

  it.each([
    ['Parameters', taskOf('f', { Parameters: {} })],
    ['ResultSelector', taskOf('f', { ResultSelector: {} })],
    ['ResultPath', taskOf('f', { ResultPath: null })],
    ['HeartbeatSeconds', taskOf('f', { HeartbeatSeconds: 10 })],
    ['TimeoutSecondsPath', taskOf('f', { TimeoutSecondsPath: '$.t' })],
    ['Result', pass({ Result: 1 })],
    ['OutputPath', pass({ OutputPath: '$' })],
    ['Nonsense', pass({ Nonsense: 1 })],
    ['SecondsPath', { Type: 'Wait', Seconds: 1, SecondsPath: '$.s', End: true }],
    ['CausePath', { Type: 'Fail', CausePath: '$.c' }],
    ['Retry', pass({ Retry: [] })],
    ['ResultWriter', mapOf({ ResultWriter: {} })],
    ['ItemBatcher', mapOf({ ItemBatcher: {} })],
    ['ItemsPath', mapOf({ ItemsPath: '$.x' })],
  ])('refuses the field %s', (field, state) => {
    expect(pathsOf({ A: state })).toEqual([`/States/A/${field}`]);
  });

  it('refuses integrations that it does not have, and arguments that would be ignored', () => {
    expect(pathsOf({ A: taskOf('f', { Resource: 'arn:aws:states:::sns:publish' }) })).toEqual(['/States/A/Resource']);
    expect(pathsOf({ A: taskOf('f', { Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken' }) })).toHaveLength(
      1,
    );
    const withArguments = (fields: object) => pathsOf({ A: taskOf('f', { Arguments: fields }) });
    expect(withArguments({ Payload: 1 })).toEqual(['/States/A/Arguments/FunctionName']);
    expect(withArguments({ FunctionName: 'f', InvocationType: 'Event' })).toEqual([
      '/States/A/Arguments/InvocationType',
    ]);
    expect(withArguments({ FunctionName: 'f', Qualifier: '1' })).toEqual(['/States/A/Arguments/Qualifier']);
    expect(withArguments({ FunctionName: 'f', 'Payload.$': '$' })).toContain('/States/A/Arguments/Payload.$');
  });

  it.each([
    ['$ at the top level', '{% $.a %}'],
    ['$$', '{% $$.a %}'],
    ['$ in a constructor', '{% {"a": $} %}'],
    ['$eval', '{% $eval("1") %}'],
    ['an operator newer than AWS runs', '{% $states.input.a ?? 1 %}'],
    ['another one', '{% $states.input.a ?: 1 %}'],
    ['a syntax error', '{% 1 + %}'],
    ['text before the expression', ' {% 1 %}'],
    ['text after the expression', '{% 1 %} s'],
  ])('refuses %s', (_, output) => {
    expect(pathsOf({ A: pass({ Output: { deep: [output] } }) })).toEqual(['/States/A/Output/deep/0']);
  });

  it.each([
    '{% $states.input.a[$ > 1] %}',
    '{% $states.input.a.($ + 1) %}',
    '{% $a ? 1 : 2 %}',
    '{% $map($a, function($v) { $v }) %}',
  ])('takes %s', (output) => expect(pathsOf({ A: pass({ Output: output }) })).toEqual([]));

  it('finds targets that do not exist, also of Default, Catch and StartAt', () => {
    expect(
      pathsOf(
        {
          A: { Type: 'Choice', Choices: [{ Condition: '{% true %}', Next: 'X' }], Default: 'Y' },
          B: taskOf('f', { Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Z' }] }),
          C: mapOf({}, { States: { Inner: { Type: 'Pass', Next: 'A' } } }),
        },
        { StartAt: 'W' },
      ).sort(),
    ).toEqual([
      '/StartAt',
      '/States/A/Choices/0/Next',
      '/States/A/Default',
      '/States/B/Catch/0/Next',
      '/States/C/ItemProcessor/States/Inner/Next',
    ]);
  });

  it('wants names of states to be unique in the whole machine', () => {
    const inner = { Type: 'Parallel', Branches: [{ StartAt: 'A', States: { A: pass() } }], End: true };
    expect(pathsOf({ A: pass(), P: inner })).toEqual(['/States/P/Branches/0/States/A']);
    expect(pathsOf({ ['x'.repeat(81)]: pass() })).toHaveLength(1);
  });

  it('refuses an inner variable that has the name of an outer one, at any depth and wherever it is assigned', () => {
    const assign = { Assign: { x: 1 } };
    const nested = mapOf({}, { States: { Inner: mapOf({}, { States: { Innermost: pass(assign) } }, 'Innermost') } });
    const [path] = pathsOf({ A: { ...nested, End: undefined, Next: 'B' }, B: pass(assign) });
    expect(path).toBe('/States/A/ItemProcessor/States/Inner/ItemProcessor/States/Innermost/Assign/x');
    const caught = taskOf('f', { Catch: [{ ErrorEquals: ['States.ALL'], Next: 'B', ...assign }] });
    expect(pathsOf({ A: mapOf({}, { States: { Inner: pass(assign) } }), C: caught, B: pass() })).toHaveLength(1);
  });

  it('lets siblings, and a Distributed Map, use a name again', () => {
    const branch = (name: string) => ({ StartAt: name, States: { [name]: pass({ Assign: { x: 1 } }) } });
    expect(pathsOf({ P: { Type: 'Parallel', Branches: [branch('B'), branch('C')], End: true } })).toEqual([]);
    const config = { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' } };
    const distributed = mapOf({}, { ...config, States: { Inner: pass({ Assign: { x: 1 } }) } });
    expect(pathsOf({ A: pass({ End: undefined, Next: 'D', Assign: { x: 1 } }), D: distributed })).toEqual([]);
  });

  it('refuses $states and what is no name as a variable', () => {
    expect(pathsOf({ A: pass({ Assign: { states: 1 } }) })).toHaveLength(1);
    expect(pathsOf({ A: pass({ Assign: { 'a-b': 1 } }) })).toHaveLength(1);
  });

  it('checks Retry and Catch', () => {
    const retry = (entry: object) =>
      pathsOf({ A: taskOf('f', { Retry: [entry] }) })[0]?.replace('/States/A/Retry/0', '');
    expect(retry({})).toBe('/ErrorEquals');
    expect(retry({ ErrorEquals: [] })).toBe('/ErrorEquals');
    expect(retry({ ErrorEquals: ['A', 'States.ALL'] })).toBe('/ErrorEquals');
    expect(retry({ ErrorEquals: ['A'], MaxAttempts: -1 })).toBe('/MaxAttempts');
    expect(retry({ ErrorEquals: ['A'], IntervalSeconds: 0 })).toBe('/IntervalSeconds');
    expect(retry({ ErrorEquals: ['A'], BackoffRate: 0.5 })).toBe('/BackoffRate');
    expect(retry({ ErrorEquals: ['A'], IntervalSeconds: 5, MaxDelaySeconds: 5 })).toBe('/MaxDelaySeconds');
    expect(retry({ ErrorEquals: ['A'], JitterStrategy: 'SOME' })).toBe('/JitterStrategy');
    const all = { ErrorEquals: ['States.ALL'] };
    expect(pathsOf({ A: taskOf('f', { Retry: [all, { ErrorEquals: ['A'] }] }) })).toEqual([
      '/States/A/Retry/0/ErrorEquals',
    ]);
  });

  it('wants a Distributed Map to say what it is', () => {
    const reader = { Resource: 'arn:aws:states:::s3:listObjectsV2', Arguments: {}, ReaderConfig: { InputType: 'CSV' } };
    const processor = { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'EXPRESS' } };
    expect(pathsOf({ A: mapOf({ ItemReader: reader, Label: 'a b' }, processor) }).sort()).toEqual([
      '/States/A/ItemProcessor/ProcessorConfig/ExecutionType',
      '/States/A/ItemReader/ReaderConfig/InputType',
      '/States/A/ItemReader/Resource',
      '/States/A/Label',
    ]);
    expect(pathsOf({ A: mapOf({ ToleratedFailureCount: 1, ItemReader: {} }) }).sort()).toEqual([
      '/States/A/ItemReader',
      '/States/A/ToleratedFailureCount',
    ]);
  });

  it('keeps a copy: changing the definition afterwards changes nothing', async () => {
    const state = pass({ Output: { a: 1 } });
    const machine = loadStateMachine(machineOf({ A: state }));
    Object.assign(state, { Output: { a: 2 } });
    const execution = startExecution(machine, { input: {}, clock: new VirtualClock(), invoke: async () => null });
    expect(await execution.done).toMatchObject({ output: { a: 1 } });
  });
});

function mapOf(fields: object, processor: object = {}, startAt = 'Inner') {
  const block = { StartAt: startAt, States: { Inner: { Type: 'Pass', End: true } }, ...processor };
  return { Type: 'Map', ItemProcessor: block, End: true, ...fields };
}

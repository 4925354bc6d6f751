/** Transitions per second of this interpreter (JSONata) and of aws-local-stepfunctions (JSONPath), same shape, same run. */
import { StateMachine as OtherStateMachine } from 'aws-local-stepfunctions';
import { startExecution } from '#local/asl/execution.ts';
import { loadStateMachine } from '#local/asl/state-machine.ts';
import { RealClock } from '#local/clock/real-clock.ts';

const itemsPerMap = 1_500;
/** Choice, Pass and Pass for each item, and the Map. */
const transitionsPerRun = itemsPerMap * 3 + 1;
const runs = 20;
const warmUpRuns = 5;

const jsonata = {
  QueryLanguage: 'JSONata',
  StartAt: 'ForEach',
  States: {
    ForEach: {
      Type: 'Map',
      Items: '{% $states.input.items %}',
      MaxConcurrency: 1,
      ItemProcessor: {
        StartAt: 'IsLarge',
        States: {
          IsLarge: {
            Type: 'Choice',
            Choices: [{ Condition: '{% $states.input.size > 10 and $states.input.kind = "a" %}', Next: 'Large' }],
            Default: 'Small',
          },
          Large: { Type: 'Pass', Output: { size: '{% $states.input.size %}', is: 'large' }, Next: 'End' },
          Small: { Type: 'Pass', Output: { size: '{% $states.input.size %}', is: 'small' }, Next: 'End' },
          End: { Type: 'Pass', Output: { is: '{% $states.input.is %}' }, End: true },
        },
      },
      Output: 'done',
      End: true,
    },
  },
};

const jsonPath = {
  StartAt: 'ForEach',
  States: {
    ForEach: {
      Type: 'Map',
      ItemsPath: '$.items',
      MaxConcurrency: 1,
      ItemProcessor: {
        StartAt: 'IsLarge',
        States: {
          IsLarge: {
            Type: 'Choice',
            Choices: [
              {
                And: [
                  { Variable: '$.size', NumericGreaterThan: 10 },
                  { Variable: '$.kind', StringEquals: 'a' },
                ],
                Next: 'Large',
              },
            ],
            Default: 'Small',
          },
          Large: { Type: 'Pass', Parameters: { 'size.$': '$.size', is: 'large' }, Next: 'End' },
          Small: { Type: 'Pass', Parameters: { 'size.$': '$.size', is: 'small' }, Next: 'End' },
          End: { Type: 'Pass', Parameters: { 'is.$': '$.is' }, End: true },
        },
      },
      End: true,
    },
  },
};

const input = { items: Array.from({ length: itemsPerMap }, (_, size) => ({ size, kind: size % 2 ? 'a' : 'b' })) };

const machine = loadStateMachine(jsonata);
const runOurs = async (): Promise<void> => {
  const execution = startExecution(machine, { input, clock: new RealClock(), invoke: async () => null });
  const { status } = await execution.done;
  if (status !== 'SUCCEEDED' || execution.transitions() !== transitionsPerRun) throw new Error(`ended ${status}`);
};

const otherMachine = new OtherStateMachine(jsonPath as never);
const runTheirs = async (): Promise<void> => {
  await otherMachine.run(input as never).result;
};

const perSecond = async (run: () => Promise<void>): Promise<number> => {
  for (let warmUp = 0; warmUp < warmUpRuns; warmUp++) await run();
  const rates: number[] = [];
  for (let at = 0; at < runs; at++) {
    const startedAt = performance.now();
    await run();
    rates.push(transitionsPerRun / ((performance.now() - startedAt) / 1000));
  }
  return rates.sort((a, b) => a - b)[runs / 2]!;
};

const ours = await perSecond(runOurs);
const theirs = await perSecond(runTheirs);
const rounded = (rate: number) => Math.round(rate).toLocaleString('en');
console.log(`Map of Choice and Pass, ${itemsPerMap} items, median of ${runs} runs`);
console.log(`this interpreter, JSONata:          ${rounded(ours)} transitions/s`);
console.log(`aws-local-stepfunctions, JSONPath:  ${rounded(theirs)} transitions/s`);
console.log(`ratio:                              ${(ours / theirs).toFixed(2)}`);

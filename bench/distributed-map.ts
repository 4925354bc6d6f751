/** A Distributed Map of 10,000 children, each an execution with its own history: seconds and memory. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { startExecution } from '#local/asl/execution.ts';
import { loadStateMachine, type StateMachine } from '#local/asl/state-machine.ts';
import { VirtualClock } from '#local/clock/virtual-clock.ts';

const count = 10_000;

const mapOver = (states: Record<string, object>) =>
  loadStateMachine({
    QueryLanguage: 'JSONata',
    StartAt: 'ForEach',
    States: {
      ForEach: {
        Type: 'Map',
        ItemReader: {
          Resource: 'arn:aws:states:::s3:getObject',
          ReaderConfig: { InputType: 'JSON' },
          Arguments: { Bucket: 'bucket', Key: 'items.json' },
        },
        ItemSelector: { item: '{% $states.context.Map.Item.Value %}', index: '{% $states.context.Map.Item.Index %}' },
        ToleratedFailurePercentage: 100,
        MaxConcurrency: 100,
        ItemProcessor: {
          ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
          StartAt: 'Work',
          States: states,
        },
        End: true,
      },
    },
  });

const passes = mapOver({
  Work: { Type: 'Pass', Output: { index: '{% $states.input.index %}' }, Next: 'Done' },
  Done: { Type: 'Pass', Output: '{% $states.input.index %}', End: true },
});

const tasks = mapOver({
  Work: {
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke',
    Arguments: { FunctionName: 'work', Payload: '{% $states.input %}' },
    TimeoutSeconds: 900,
    Retry: [{ ErrorEquals: ['States.ALL'], MaxAttempts: 2 }],
    Output: '{% $states.result.Payload %}',
    Next: 'Done',
  },
  Done: { Type: 'Wait', Seconds: 30, Output: '{% $states.input.index %}', End: true },
});

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;
const megabytes = (bytes: number) => Math.round(bytes / 1e6);
const items = Array.from({ length: count }, (_, id) => ({ id, name: `item ${id}` }));

const measure = async (what: string, machine: StateMachine): Promise<void> => {
  collectGarbage();
  const heapBefore = process.memoryUsage().heapUsed;
  const startedAt = performance.now();
  const execution = startExecution(machine, {
    input: {},
    clock: new VirtualClock(),
    invoke: async (_, payload) => payload,
    readItems: async () => items,
  });
  const { status } = await execution.done;
  const seconds = (performance.now() - startedAt) / 1000;
  const { rss } = process.memoryUsage();
  collectGarbage();
  const kept = process.memoryUsage().heapUsed - heapBefore;
  console.log(
    `${what}: ${status}, ${execution.transitions()} transitions in ${seconds.toFixed(2)} s, ${megabytes(rss)} MB resident, ${megabytes(kept)} MB kept with all histories`,
  );
};

console.log(`${count} children; the process is ${megabytes(process.memoryUsage().rss)} MB before the first`);
await measure('two Pass states', passes);
await measure('a Task and a Wait of 30 s', tasks);

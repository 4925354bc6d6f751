import { App, Stack } from 'aws-cdk-lib';
import { StateGraph } from 'aws-cdk-lib/aws-stepfunctions';
import { MAX_RUN_SECONDS } from '#core/plan/history.ts';
import { TASK_NAMES } from '#core/workflow/tasks.ts';
import { benchmark, PLACEHOLDER_BUCKET } from './benchmark.ts';
import { placeholderArn } from './task.ts';

const COMMENT = 'StepBench: measures which GPU instances serve a model cheapest within a latency target.';

/**
 * The machine as Amazon States Language, with `${TaskName}`, `${ResultsBucket}` and `${Partition}` where
 * the stack, or the local runtime, substitutes its own: the committed file is what is deployed.
 */
export function renderBenchmark(): string {
  const stack = new Stack(new App(), 'Render');
  const graph = new StateGraph(benchmark(stack).startState, 'benchmark');
  const states = stack.resolve(graph.toGraphJson()) as Record<string, unknown>;
  const definition = {
    Comment: COMMENT,
    QueryLanguage: 'JSONata',
    // For an orchestration gone astray: budgets and deadlines stop a run before, and plans that might be longer are refused.
    TimeoutSeconds: MAX_RUN_SECONDS,
    ...states,
  };
  let text = JSON.stringify(withoutPartitionJoin(definition), null, 2);
  // Names that begin alike must not shadow each other: ARNs end with a quote.
  for (const task of TASK_NAMES) text = text.replaceAll(`"${placeholderArn(task)}"`, `"\${${task}}"`);
  return `${text.replaceAll(PLACEHOLDER_BUCKET, '${ResultsBucket}')}\n`;
}

/** `{Fn::Join: ['', ['arn:', {Ref: 'AWS::Partition'}, ':states:...']]}` -> `arn:${Partition}:states:...`. */
function withoutPartitionJoin(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPartitionJoin);
  if (typeof value !== 'object' || value === null) return value;
  const join = (value as { 'Fn::Join'?: [string, unknown[]] })['Fn::Join'];
  if (join !== undefined) {
    const [separator, parts] = join;
    return parts.map((part) => (typeof part === 'string' ? part : '${Partition}')).join(separator);
  }
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutPartitionJoin(inner)]));
}

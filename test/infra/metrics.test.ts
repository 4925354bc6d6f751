import { afterEach, describe, expect, it, vi } from 'vitest';
import { withMetrics } from '#aws/lambda/metrics.ts';
import type { MetricValues } from '#core/stack/metrics.ts';
import { FUNCTION_NAMES } from '#infra/functions.ts';
import { flattened } from '#infra/wildcards.ts';
import { janitor } from '#lambdas/janitor/task.ts';
import { endMetrics } from '#lambdas/notify/end-metrics.ts';
import { RUN, World } from '#test/lambdas/fakes/world.ts';
import { resourcesOf, type Synthesized, synthesize } from './support/synthesize.ts';

const stack = synthesize({ stackName: 'bench' });

/** As CloudWatch tells metrics apart: one with another dimension, or another value of it, is another metric. */
const nameOf = (namespace: string, name: string, dimensions: Record<string, string>): string =>
  [
    namespace,
    name,
    ...Object.entries(dimensions)
      .map(([key, value]) => `${key}=${value}`)
      .sort(),
  ].join(' ');

/** What the functions write where this is what they have to tell. */
async function written(values: MetricValues): Promise<string[]> {
  const lines: string[] = [];
  vi.stubEnv('POWERTOOLS_SERVICE_NAME', serviceNameIn(stack));
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    lines.push(String(text));
    return true;
  });
  await withMetrics(
    async () => {},
    () => values,
  )(undefined);
  write.mockRestore();
  return lines.flatMap((line) => {
    const { _aws, ...fields } = JSON.parse(line);
    return _aws.CloudWatchMetrics.flatMap(({ Namespace, Dimensions, Metrics }: Emf) =>
      Dimensions.flatMap((keys) =>
        Metrics.map(({ Name }) => nameOf(Namespace, Name, Object.fromEntries(keys.map((key) => [key, fields[key]])))),
      ),
    );
  });
}

/** CloudWatch's embedded metric format. */
interface Emf {
  Namespace: string;
  Dimensions: string[][];
  Metrics: { Name: string }[];
}

/** What the template tells every function to call its service: one name, or the metrics of a stack are apart. */
function serviceNameIn(of: Synthesized): string {
  const names = resourcesOf(of, 'AWS::Lambda::Function')
    .filter(({ Properties }) => (Properties.Description ?? '').startsWith('StepBench '))
    .map(({ Properties }) => Properties.Environment.Variables.POWERTOOLS_SERVICE_NAME);
  expect(names).toHaveLength(FUNCTION_NAMES.length);
  expect(new Set(names).size).toBe(1);
  return names[0] as string;
}

/** From a sweep of the janitor and the end of a run, by the tasks themselves. */
async function told(): Promise<Set<string>> {
  const world = await World.planned();
  const { metrics } = await janitor(world)({});
  return new Set([
    ...(await written(metrics)),
    ...(await written(await endMetrics(world, { run: RUN, status: 'FAILED' }))),
  ]);
}

/** Those that AWS itself writes, by the resource that they are of. */
const OF_AWS: Record<string, { names: RegExp; dimension: string; type: string }> = {
  'AWS/SQS': { names: /^ApproximateNumberOfMessagesVisible$/, dimension: 'QueueName', type: 'AWS::SQS::Queue' },
  'AWS/States': {
    names: /^Executions(Started|Succeeded|Failed|Aborted|TimedOut)$/,
    dimension: 'StateMachineArn',
    type: 'AWS::StepFunctions::StateMachine',
  },
};

interface Used {
  namespace: string;
  name: string;
  dimensions: Record<string, unknown>;
}

function alarmed(): Used[] {
  return resourcesOf(stack, 'AWS::CloudWatch::Alarm').map(({ Properties }) => ({
    namespace: Properties.Namespace,
    name: Properties.MetricName,
    dimensions: Object.fromEntries(
      Properties.Dimensions.map(({ Name, Value }: { Name: string; Value: unknown }) => [Name, Value]),
    ),
  }));
}

/** Of the dashboard's graphs: `[namespace, name, dimension, value, ..., {options}]`, with what CloudFormation puts in as `<Id>`. */
function drawn(): Used[] {
  const [dashboard] = resourcesOf(stack, 'AWS::CloudWatch::Dashboard');
  const { widgets } = JSON.parse(flattened(dashboard?.Properties.DashboardBody)) as {
    widgets: { properties: { metrics?: unknown[][] } }[];
  };
  return widgets.flatMap(({ properties }) =>
    (properties.metrics ?? []).map(([namespace, name, ...rest]) => {
      const words = rest.filter((one): one is string => typeof one === 'string');
      const dimensions: Record<string, string> = {};
      for (let n = 0; n < words.length; n += 2) dimensions[words[n] as string] = words[n + 1] as string;
      return { namespace: String(namespace), name: String(name), dimensions };
    }),
  );
}

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

describe.each([
  ['an alarm', alarmed],
  ['a graph of the dashboard', drawn],
])('every metric of %s', (_, used) => {
  it('of ours is written by the functions, under that name and that dimension', async () => {
    const emitted = await told();
    const ours = used().filter(({ namespace }) => !namespace.startsWith('AWS/'));
    expect(ours.length).toBeGreaterThan(1);
    for (const { namespace, name, dimensions } of ours) {
      const values = Object.fromEntries(Object.entries(dimensions).map(([key, value]) => [key, flattened(value)]));
      expect([...emitted]).toContain(nameOf(namespace, name, values));
    }
  });

  it('of AWS is one that AWS writes, of a resource of this stack', () => {
    const theirs = used().filter(({ namespace }) => namespace.startsWith('AWS/'));
    expect(theirs.length).toBeGreaterThan(1);
    for (const { namespace, name, dimensions } of theirs) {
      const known = OF_AWS[namespace];
      expect(name).toMatch(known?.names ?? /never/);
      expect(Object.keys(dimensions)).toEqual([known?.dimension]);
      const [value] = Object.values(dimensions).map(flattened);
      const ids = resourcesOf(stack, known?.type ?? '').flatMap(({ id }) => [`<${id}>`, `<${id}.QueueName>`]);
      expect(ids).toContain(value);
    }
  });
});

it('every metric that functions write of runs and nodes is drawn or alarmed about', async () => {
  const names = new Set([...alarmed(), ...drawn()].map(({ name }) => name));
  const all = await told();
  expect(all.size).toBeGreaterThan(5);
  for (const one of all) expect(names).toContain(one.split(' ')[1]);
});

it('every alarm tells somebody', () => {
  const [topic] = resourcesOf(stack, 'AWS::SNS::Topic');
  for (const { Properties } of resourcesOf(stack, 'AWS::CloudWatch::Alarm')) {
    expect(Properties.AlarmActions).toEqual([{ Ref: topic?.id }]);
    expect(Properties.ActionsEnabled ?? true).toBe(true);
  }
});

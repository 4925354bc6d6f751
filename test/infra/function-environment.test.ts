import { readFileSync } from 'node:fs';
import { App, Stack } from 'aws-cdk-lib';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type ClusterSettings, Variable } from '#core/stack/environment.ts';
import { FUNCTION_NAMES, FUNCTIONS, type FunctionName } from '#infra/functions.ts';
import { flattened } from '#infra/wildcards.ts';
import { resourcesOf, type Synthesized, synthesize } from './support/synthesize.ts';

/**
 * Each function's entry, in the environment that the template gives it: it must find what it reads, and be given
 * nothing that it does not read.
 */
const stacks: [what: string, stack: Synthesized][] = [
  ['by default', synthesize()],
  ['with everything on', synthesize(everything())],
];

function everything() {
  const secrets = new Stack(new App(), 'Secrets');
  const secret = (id: string) =>
    Secret.fromSecretCompleteArn(secrets, id, `arn:aws:secretsmanager:us-east-1:111122223333:secret:${id}-AbCdEf`);
  return {
    clusterName: 'nightly',
    cluster: {
      publicAccessCidrs: ['203.0.113.0/24'],
      huggingFaceSecret: secret('hf'),
      endpointHeadersSecret: secret('headers'),
    },
  };
}

/** What Lambda itself says to every function. */
const OF_LAMBDA = {
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'testing',
  AWS_SECRET_ACCESS_KEY: 'testing',
  LAMBDA_TASK_ROOT: process.cwd(),
};
/** Nobody answers: what is asked of AWS fails at once, after the environment has been read. */
const UNANSWERED = { AWS_ENDPOINT_URL: 'http://127.0.0.1:9', AWS_MAX_ATTEMPTS: '1', POWERTOOLS_DEV: 'false' };

function environmentOf(stack: Synthesized, name: FunctionName): Record<string, string> {
  const [found] = resourcesOf(stack, 'AWS::Lambda::Function').filter(({ Properties }) =>
    (Properties.Description as string).startsWith(`StepBench ${name}:`),
  );
  const variables = found?.Properties.Environment.Variables as Record<string, unknown>;
  return Object.fromEntries(Object.entries(variables).map(([key, value]) => [key, flattened(value)]));
}

const ours = (variable: string): boolean =>
  variable.startsWith('STEPBENCH_') || variable.startsWith('POWERTOOLS_SERVICE');

/** Modules that the entry binds: the ports of a function, by the names of their files. */
function boundIn(folder: string): string[] {
  const code = readFileSync(`lambdas/${folder}/index.ts`, 'utf8');
  return [...code.matchAll(/from '#aws\/binding\/([\w-]+)\.ts'/g)].map(([, name = '']) => name).sort();
}

const refused = (error: Error) => {
  // What the environment lacks has this name; what nobody answers has another.
  if (error.name === 'ServiceRefused') throw error;
};

/** Makes each port do something for which it must know its settings. */
const TOUCH: Record<string, () => Promise<unknown>> = {
  store: async () => (await import('#aws/binding/store.ts')).store.bucket,
  sql: async () => (await import('#aws/binding/sql.ts')).sql.start,
  notifier: async () => (await import('#aws/binding/notifier.ts')).notifier.publish,
  prices: async () => (await import('#aws/binding/prices.ts')).prices.quote,
  quotas: async () => (await import('#aws/binding/quotas.ts')).quotas.vcpuLimit,
  executions: async () => (await import('#aws/binding/executions.ts')).executions.isRunning,
  clusters: async () =>
    (await import('#aws/binding/clusters.ts')).clusters.create({ name: 'c', version: '1.36' }).catch(refused),
  kubernetes: async () => (await import('#aws/binding/kubernetes.ts')).connect('c').catch(refused),
};

/** Names of variables that were read while the work was done in this environment. */
async function readWhile(environment: Record<string, string>, work: () => Promise<unknown>): Promise<Set<string>> {
  const read = new Set<string>();
  const before = process.env;
  process.env = new Proxy(
    { ...environment },
    {
      get: (target, variable: string) => {
        read.add(variable);
        return target[variable];
      },
    },
  );
  try {
    await work();
  } finally {
    process.env = before;
  }
  return read;
}

afterEach(() => vi.resetModules());

describe.each(stacks)('the environment of functions %s', (_, stack) => {
  it.each(FUNCTION_NAMES)('of %s is what its entry reads', async (name) => {
    const { folder, bundlesQueries } = FUNCTIONS[name];
    const given = environmentOf(stack, name);
    const bound = boundIn(folder);
    const read = await readWhile({ ...OF_LAMBDA, ...UNANSWERED, ...given }, async () => {
      expect(await import(`../../lambdas/${folder}/index.ts`)).toMatchObject({ handler: expect.any(Function) });
      for (const port of bound) await TOUCH[port]!();
    });
    const set = Object.keys(given);
    expect(set.filter(ours).sort()).toEqual(set.sort());
    expect(set.filter((variable) => !read.has(variable))).toEqual([]);
    expect(readFileSync(`lambdas/${folder}/index.ts`, 'utf8').includes('bundledQueries')).toBe(bundlesQueries);
  });

  it.each(FUNCTION_NAMES)('of %s is needed: without a variable that it requires it says so', async (name) => {
    const given = environmentOf(stack, name);
    // The service of the metrics has a default, and images of pods have theirs.
    const required = Object.keys(given).filter((one) => one !== 'POWERTOOLS_SERVICE_NAME' && one !== Variable.images);
    for (const missing of required) {
      vi.resetModules();
      const { [missing]: _gone, ...rest } = given;
      const touch = readWhile({ ...OF_LAMBDA, ...UNANSWERED, ...rest }, async () => {
        for (const port of boundIn(FUNCTIONS[name].folder)) await TOUCH[port]!();
      });
      await expect(touch).rejects.toMatchObject({ name: 'ServiceRefused', message: expect.stringContaining(missing) });
    }
  });

  it('tells ProvisionCluster of every function that it lets in, and the others of none', () => {
    for (const name of FUNCTION_NAMES) {
      const json = environmentOf(stack, name)[Variable.cluster];
      if (json === undefined) continue;
      const { taskRoleArns, subnetIds } = JSON.parse(json) as ClusterSettings;
      const letIn = FUNCTION_NAMES.filter((one) => FUNCTIONS[one].needs.includes('kubernetes'));
      expect(Object.keys(taskRoleArns)).toEqual(name === 'ProvisionCluster' ? letIn : []);
      expect(subnetIds.length).toBeGreaterThan(1);
    }
  });
});

it('importing an entry reads nothing of the stack’s: an error then would have no name that the machine knows', async () => {
  for (const name of FUNCTION_NAMES) {
    vi.resetModules();
    const read = await readWhile(
      { LAMBDA_TASK_ROOT: process.cwd() },
      () => import(`../../lambdas/${FUNCTIONS[name].folder}/index.ts`),
    );
    expect([...read].filter((variable) => variable.startsWith('STEPBENCH_'))).toEqual([]);
  }
});

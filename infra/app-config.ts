import { readFileSync } from 'node:fs';
import * as z from 'zod/mini';
import type { StepBenchProps } from './props.ts';

const DEFAULT_STACK = 'StepBench';
/** CloudFormation's rule. */
const STACK_NAME = /^[A-Za-z][A-Za-z0-9-]{0,127}$/;

/** The props that a JSON file can say; constructs such as a VPC of your own need an app of your own. */
const configSchema = z.strictObject({
  clusterName: z.optional(z.string()),
  network: z.optional(
    z.strictObject({
      cidr: z.optional(z.string()),
      natGateways: z.optional(z.literal([1, 3])),
      availabilityZones: z.optional(z.array(z.string())),
      interfaceEndpoints: z.optional(z.array(z.string())),
      flowLogs: z.optional(z.boolean()),
    }),
  ),
  results: z.optional(
    z.strictObject({
      retain: z.optional(z.boolean()),
      artifactTieringDays: z.optional(z.number()),
      oldVersionDays: z.optional(z.number()),
      scannedMegabytesLimit: z.optional(z.number()),
    }),
  ),
  cluster: z.optional(
    z.strictObject({
      foreignClusters: z.optional(z.array(z.string())),
      operators: z.optional(z.array(z.string())),
      publicAccessCidrs: z.optional(z.array(z.string())),
      huggingFaceSecret: z.optional(z.string()),
      endpointHeadersSecret: z.optional(z.string()),
    }),
  ),
  images: z.optional(
    z.strictObject({
      digests: z.optional(z.record(z.string(), z.string())),
      registry: z.optional(z.string()),
      pullThrough: z.optional(
        z.strictObject({ 'docker.io': z.optional(z.string()), 'public.ecr.aws': z.optional(z.string()) }),
      ),
    }),
  ),
  logRetentionDays: z.optional(z.number()),
  emails: z.optional(z.array(z.string())),
  monthlyBudgetUsd: z.optional(z.number()),
  schedules: z.optional(
    z.array(
      z.strictObject({
        name: z.string(),
        expression: z.string(),
        timeZone: z.optional(z.string()),
        matrix: z.unknown(),
        retryAttempts: z.optional(z.number()),
        retryForMinutes: z.optional(z.number()),
        enabled: z.optional(z.boolean()),
      }),
    ),
  ),
});

/**
 * What `cdk ... -c stackName=NAME -c config=FILE -c zones=A,B,C` asks for. The zones are those that `stepbench deploy`
 * found for the account; a configuration that names others is the one that counts.
 * @throws Error with every mistake in the file, by its path.
 */
export function appConfig(context: (key: string) => unknown): { stackName: string } & StepBenchProps {
  const stackName = String(context('stackName') ?? DEFAULT_STACK);
  if (!STACK_NAME.test(stackName)) {
    throw new Error(`stackName ${JSON.stringify(stackName)}: letters, digits and -, a letter first.`);
  }
  const file = context('config');
  const zones = context('zones');
  const chosen = zones === undefined ? undefined : { network: { availabilityZones: String(zones).split(',') } };
  if (file === undefined) return { stackName, ...chosen };
  const read = configSchema.safeParse(jsonIn(String(file)), { error: z.locales.en().localeError });
  if (read.success) {
    const network = { ...chosen?.network, ...read.data.network };
    return { stackName, ...read.data, ...(chosen === undefined ? {} : { network }) };
  }
  const mistakes = read.error.issues.map(({ path, message }) => `${path.join('.') || '(file)'}: ${message}`);
  throw new Error(`${file} is not a configuration of StepBench:\n- ${mistakes.join('\n- ')}`);
}

function jsonIn(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new Error(`${file} cannot be read: ${(cause as Error).message}`, { cause });
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error(`${file} is not JSON: ${(cause as Error).message}`, { cause });
  }
}

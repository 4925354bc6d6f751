import { readFile } from 'node:fs/promises';
import * as z from 'zod/mini';
import { CliError } from '../errors.ts';

/** Of the configuration of a stack, what is looked at before the app reads it; the app checks all of it. */
const schema = z.object({
  network: z.optional(
    z.object({
      availabilityZones: z.optional(z.array(z.string())),
      natGateways: z.optional(z.number()),
      interfaceEndpoints: z.optional(z.array(z.string())),
    }),
  ),
  results: z.optional(z.object({ retain: z.optional(z.boolean()) })),
  cluster: z.optional(z.object({ foreignClusters: z.optional(z.array(z.string())) })),
});

export type DeployConfig = z.infer<typeof schema>;

/** @throws CliError for a file that is none, or no JSON object. */
export async function readDeployConfig(file: string | undefined): Promise<DeployConfig> {
  if (file === undefined) return {};
  try {
    return schema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (cause) {
    throw new CliError('bad-usage', `the configuration cannot be read: ${reason(cause)}`, {
      where: `--config ${file}`,
      nextStep: 'It is a JSON object with the props of the stack: infra/props.ts has them all.',
      cause,
    });
  }
}

const reason = (cause: unknown): string =>
  cause instanceof z.core.$ZodError
    ? cause.issues.map(({ path, message }) => `${path.join('.') || '(file)'}: ${message}`).join('; ')
    : (cause as Error).message;

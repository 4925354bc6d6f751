import type { Deployment } from '../plan/types.ts';
import { ErrorName, StepBenchError } from '../workflow/errors.ts';
import type { Engine } from './engine.ts';

/** A process that holds the pod's place; the local cluster knows it by this name. */
const ENDPOINT_IMAGE = 'stepbench/endpoint';

/**
 * An engine that someone else runs: `engineArguments: ["--url", "https://..."]`. The load goes straight
 * there: a proxy in between would be measured too.
 */
export const endpoint: Engine = {
  name: 'endpoint',
  externalUrl: (deployment: Deployment) => endpointUrl(deployment.engineArguments),
  container: (deployment: Deployment) => ({
    image: ENDPOINT_IMAGE,
    command: ['stepbench-endpoint'],
    args: ['--url', endpointUrl(deployment.engineArguments)],
    env: {},
    port: 8000,
    gpus: 0,
    healthPath: '/health',
  }),
};

/**
 * Without a slash at its end and without `/v1`, which the generators add.
 * @throws StepBenchError InvalidMatrix
 */
export function endpointUrl(engineArguments: readonly string[]): string {
  const place = engineArguments.findIndex((argument) => argument === '--url' || argument.startsWith('--url='));
  const value =
    place < 0 ? undefined : engineArguments[place]?.split('=').slice(1).join('=') || engineArguments[place + 1];
  const url = value === undefined ? undefined : URL.parse(value);
  if (url === null || url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new StepBenchError(
      ErrorName.InvalidMatrix,
      value === undefined
        ? 'The engine "endpoint" has no URL.'
        : `"${value}" is no http or https URL for the engine "endpoint".`,
      { nextStep: 'Write "engineArguments": ["--url", "http://host:8000"].' },
    );
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, '').replace(/\/v1$/, '')}`;
}

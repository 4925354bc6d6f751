import type { DeploymentToCheck } from './deployment-to-check.ts';
import { isEndpointLabel } from './endpoint-schema.ts';
import type { Finding } from './findings.ts';
import { carried, show } from './problems.ts';

/** What is missing to reach a server that runs already, or cannot be said of one. */
export function checkEndpoint({ values, origin, document }: DeploymentToCheck): Finding[] {
  const { instanceType, engineArguments } = values;
  if (!isEndpointLabel(instanceType)) {
    return [
      {
        code: 'unknown-value',
        path: origin('instanceType'),
        value: instanceType,
        subject: instanceType,
        message: (types) => `${types} is started by StepBench, and an endpoint runs already`,
        instead: () => '"endpoint", and where it answers in "endpoints"',
      },
    ];
  }
  const endpoint = Object.hasOwn(document.endpoints, instanceType) ? document.endpoints[instanceType] : undefined;
  return [
    ...(endpoint === undefined ? [unknownEndpoint(instanceType)] : []),
    ...(engineArguments.length > 0 ? [startedByOthers(origin('engineArguments'), engineArguments)] : []),
    ...(document.load.generator === 'genai-perf' && Object.keys(endpoint?.headersFrom ?? {}).length > 0
      ? [shownHeaders]
      : []),
  ];
}

const unknownEndpoint = (label: string): Finding => ({
  code: 'missing',
  path: 'endpoints',
  value: undefined,
  subject: label,
  message: (labels) => `it is not said where ${labels} answers`,
  instead: () => `"endpoints": {${show(label)}: {"url": "http://host:8000"}}`,
});

const startedByOthers = (path: string, engineArguments: string[]): Finding => ({
  code: 'owned-argument',
  path,
  value: carried(engineArguments),
  subject: '',
  message: () => 'an endpoint runs already: it takes no arguments from here',
  instead: () => 'no engineArguments; where it answers stands in "endpoints"',
});

/** They would be in the list of processes for all to see. */
const shownHeaders: Finding = {
  code: 'unknown-value',
  path: 'load.generator',
  value: 'genai-perf',
  subject: '',
  message: () => 'genai-perf takes headers on its command line only, where a key can be seen by others',
  instead: () => '"aiperf" or "auto"',
};

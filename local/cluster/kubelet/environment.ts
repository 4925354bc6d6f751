import type { Container, EnvironmentVariable, Pod } from '../objects/shapes.ts';
import { expand } from './expand.ts';

/** What a value becomes on this machine: a local folder for a mountPath, an address for a Service's URL. */
export type Localize = (value: string) => string;

/** @throws Error, which makes a CreateContainerConfigError, for a source that is not there. */
export function environmentOf(container: Container, pod: Pod, localize: Localize): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const variable of container.env ?? []) {
    const value = sourced(variable, pod);
    if (value !== undefined) environment[variable.name] = localize(expand(value, environment));
  }
  return environment;
}

function sourced({ name, value = '', valueFrom }: EnvironmentVariable, pod: Pod): string | undefined {
  if (valueFrom === undefined) return value;
  switch (valueFrom.fieldRef?.fieldPath) {
    case 'metadata.name':
      return pod.metadata.name;
    case 'metadata.namespace':
      return pod.metadata.namespace ?? '';
    case 'metadata.uid':
      return pod.metadata.uid ?? '';
    case 'spec.nodeName':
      return pod.spec.nodeName ?? '';
  }
  if (valueFrom.secretKeyRef?.optional === true) return undefined;
  throw new Error(`the local cluster has no source for the variable ${name}: ${JSON.stringify(valueFrom)}`);
}

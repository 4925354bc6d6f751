import type { Container, EnvironmentVariable, Pod } from '../objects/shapes.ts';
import { expand } from './expand.ts';

/** What a value becomes on this machine: a local folder for a mountPath, an address for a Service's URL. */
export type Localize = (value: string) => string;

/** The value of a key in a Secret of the cluster; undefined where there is none. */
export type Secrets = (secret: string, key: string) => string | undefined;

/** @throws Error, which makes a CreateContainerConfigError, for a source that is not there. */
export function environmentOf(
  container: Container,
  pod: Pod,
  localize: Localize,
  secrets: Secrets,
): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const variable of container.env ?? []) {
    const value = sourced(variable, pod);
    if (value !== undefined) environment[variable.name] = localize(expand(value, environment));
    // A secret is taken as it is: nothing in it is expanded.
    const secret = secretOf(variable, secrets);
    if (secret !== undefined) environment[variable.name] = secret;
  }
  return environment;
}

function secretOf({ valueFrom }: EnvironmentVariable, secrets: Secrets): string | undefined {
  const { name, key, optional = false } = valueFrom?.secretKeyRef ?? {};
  if (name === undefined || key === undefined) return undefined;
  const value = secrets(name, key);
  // In a real kubelet's words.
  if (value === undefined && !optional) throw new Error(`couldn't find key ${key} in Secret ${name}`);
  return value;
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
  if (valueFrom.secretKeyRef !== undefined) return undefined;
  throw new Error(`the local cluster has no source for the variable ${name}: ${JSON.stringify(valueFrom)}`);
}

import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { HUGGING_FACE_KEY, HUGGING_FACE_SECRET } from '#core/cluster/hugging-face.ts';
import { Label, NAMESPACE } from '#core/cluster/names.ts';
import { HEADERS_SECRET } from '#core/generators/load-container.ts';
import type { Cluster, KubernetesObject } from '#core/ports/cluster.ts';
import type { ClusterSettings } from '#core/stack/environment.ts';
import { ErrorName, StepBenchError } from '#core/workflow/errors.ts';
import { calling } from '../errors/aws-error.ts';

const MANAGED_BY = 'stepbench';

export type SecretManifest = KubernetesObject & { type: 'Opaque'; data: Record<string, string> };

/** What is mirrored: under which name, from which secret, and how its text becomes values. */
interface Mirrored {
  name: string;
  arn: string | undefined;
  valuesIn: (text: string, arn: string) => Record<string, string>;
}

const mirroredBy = ({ huggingFaceSecretArn, endpointHeadersSecretArn }: ClusterSettings): Mirrored[] => [
  {
    name: HUGGING_FACE_SECRET,
    arn: huggingFaceSecretArn,
    valuesIn: (text) => ({ [HUGGING_FACE_KEY]: text.trim() }),
  },
  { name: HEADERS_SECRET, arn: endpointHeadersSecretArn, valuesIn: headersIn },
];

/**
 * The secrets of Secrets Manager that pods need, as Secrets of their namespace. Their values are in no manifest of
 * a Job, no log and no state: whoever may read Secrets there is the API server's business, and none of ours may.
 */
export async function mirroredSecrets(
  client: SecretsManagerClient,
  settings: ClusterSettings,
): Promise<SecretManifest[]> {
  const manifests: SecretManifest[] = [];
  for (const { name, arn, valuesIn } of mirroredBy(settings)) {
    if (arn !== undefined) manifests.push(secret(name, valuesIn(await textOf(client, arn), arn)));
  }
  return manifests;
}

/**
 * Takes away the Secrets whose setting is gone: a token that somebody has withdrawn from the stack would be given to
 * pods for as long as the cluster stands. One of that name that a person has made is not ours to take.
 */
export async function dropUnmirrored(cluster: Cluster, settings: ClusterSettings): Promise<void> {
  for (const { name, arn } of mirroredBy(settings)) {
    if (arn !== undefined) continue;
    const ref = { apiVersion: 'v1', kind: 'Secret', namespace: NAMESPACE, name };
    const found = await cluster.get(ref);
    if (found?.metadata.labels?.[Label.managedBy] === MANAGED_BY) await cluster.delete(ref);
  }
}

async function textOf(client: SecretsManagerClient, arn: string): Promise<string> {
  const { SecretString } = await calling(
    { api: `secretsmanager:GetSecretValue of ${arn}`, terminal: ErrorName.ClusterFailed },
    () => client.send(new GetSecretValueCommand({ SecretId: arn })),
  );
  if (SecretString !== undefined && SecretString.trim() !== '') return SecretString;
  throw new StepBenchError(ErrorName.ClusterFailed, `Secret ${arn} has no text.`, {
    nextStep: 'Put its value there, or take it out of the configuration of the stack.',
  });
}

/** What a parser says of a text has the beginning of the text in it: nothing of it is told. */
function headersIn(text: string, arn: string): Record<string, string> {
  const parsed = parse(text);
  const isObject = typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed);
  if (isObject && Object.values(parsed).every((value) => typeof value === 'string')) {
    return parsed as Record<string, string>;
  }
  throw new StepBenchError(ErrorName.ClusterFailed, `Secret ${arn} is no JSON object of strings.`, {
    nextStep: 'Give it one key for each variable that a matrix names in headersFrom.',
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const secret = (name: string, values: Record<string, string>): SecretManifest => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name, namespace: NAMESPACE, labels: { [Label.managedBy]: MANAGED_BY } },
  type: 'Opaque',
  data: Object.fromEntries(Object.entries(values).map(([key, value]) => [key, Buffer.from(value).toString('base64')])),
});

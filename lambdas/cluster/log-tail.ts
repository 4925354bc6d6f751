import { NAMESPACE } from '#core/cluster/names.ts';
import { containers } from '#core/cluster/observe/pod.ts';
import type { AnyObject, Cluster } from '#core/ports/cluster.ts';

const LINES = 20;
const CHARACTERS = 1500;

/** The last lines of the container that failed, for the reason of a row. */
export async function logTail(cluster: Cluster, pod: AnyObject | undefined): Promise<string> {
  if (pod === undefined) return '';
  const ended = containers(pod).find((one) => (one.state?.terminated?.exitCode ?? 0) !== 0);
  const container = ended?.name ?? containers(pod).at(-1)?.name;
  if (container === undefined) return '';
  const log = await cluster.logs({ namespace: NAMESPACE, pod: pod.metadata.name, container, tailLines: LINES });
  const tail = log.trim().slice(-CHARACTERS);
  return tail === '' ? '' : ` Its last lines: ${tail}`;
}

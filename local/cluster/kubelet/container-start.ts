import { Annotation, Label } from '#core/cluster/names.ts';
import type { Container, Pod } from '../objects/shapes.ts';
import type { ContainerStart } from '../runtime/container-start.ts';
import { environmentOf } from './environment.ts';
import { expand } from './expand.ts';
import { type KubeletParts, nodeOf } from './parts.ts';

/** A container whose pod names no deadline must still not outlive a forgotten machine. */
const LONGEST_LIFE_MS = 24 * 60 * 60_000;

export function containerStart(parts: KubeletParts, pod: Pod, container: Container): ContainerStart {
  const { runtime, images, endpoints, secrets, plane } = parts;
  const podDir = parts.podDir(pod);
  const mounts: Record<string, string> = {};
  for (const { name, mountPath } of container.volumeMounts ?? []) {
    const folder = runtime.volumeDir(podDir, name);
    if (folder !== undefined) mounts[mountPath] = folder;
  }
  const isReal = runtime.volumeDir(podDir, '') !== undefined;
  const localize = (value: string) => (isReal ? endpoints.localize(inFolder(value, mounts)) : value);
  const env = environmentOf(container, pod, localize, secrets);
  if (images.find(container.image)?.simulated === true) {
    plane.objects.change('Node', `/${pod.spec.nodeName}`, ({ metadata }) => {
      metadata.labels = { ...metadata.labels, [Label.simulated]: 'true' };
    });
  }
  const deadline = Date.parse(pod.metadata.annotations?.[Annotation.deadline] ?? '');
  return {
    container: container.name,
    image: container.image,
    command: (container.command ?? []).map((text) => expand(text, env)),
    args: (container.args ?? []).map((text) => expand(text, env)),
    env,
    pod,
    node: nodeOf(parts, pod),
    podDir,
    mounts,
    deadlineMs: Number.isNaN(deadline) ? plane.timers.clock.nowMs() + LONGEST_LIFE_MS : deadline,
    serving: (url) => endpoints.isServing(url),
  };
}

function inFolder(value: string, mounts: Readonly<Record<string, string>>): string {
  for (const [mountPath, folder] of Object.entries(mounts)) {
    if (value === mountPath || value.startsWith(`${mountPath}/`)) return `${folder}${value.slice(mountPath.length)}`;
  }
  return value;
}

import { Label } from '#core/cluster/names.ts';
import type { ControlPlane } from '../controllers/controller.ts';
import type { Images } from '../images.ts';
import type { Pod } from '../objects/shapes.ts';
import type { ContainerRuntime } from '../runtime/container-runtime.ts';
import type { Endpoints } from './endpoints.ts';
import type { Secrets } from './environment.ts';
import type { ImageCache } from './image-cache.ts';

/** What a pod's worker needs of the kubelet that it works for. */
export interface KubeletParts {
  plane: ControlPlane;
  runtime: ContainerRuntime;
  images: Images;
  cache: ImageCache;
  endpoints: Endpoints;
  secrets: Secrets;
  podDir: (pod: Pod) => string;
}

/** The labels by which a node says what it is. */
export const nodeOf = ({ plane: { objects } }: KubeletParts, pod: Pod) => {
  const name = pod.spec.nodeName!;
  const labels = objects.find('Node', `/${name}`)?.metadata.labels ?? {};
  return {
    name,
    instanceType: labels[Label.instanceType] ?? '',
    zone: labels[Label.zone] ?? '',
    capacityType: labels[Label.capacityType] ?? '',
  };
};

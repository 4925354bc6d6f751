import type { Pod } from '../objects/shapes.ts';

/** A container about to start, with everything resolved that Kubernetes resolves. */
export interface ContainerStart {
  container: string;
  image: string;
  /** `$(NAME)` is expanded in these. */
  command: string[];
  args: string[];
  /**
   * In the process kubelet a value that is (or lies in) a volume's mountPath names the local folder, and a
   * Service's URL the address on which its ready pod listens; in the virtual one both stay as they are.
   */
  env: Record<string, string>;
  pod: Pod;
  node: { name: string; instanceType: string; zone: string; capacityType: string };
  /** The pod's own folder; made by the process kubelet only. */
  podDir: string;
  /** Local folder by mountPath; empty in the virtual kubelet. */
  mounts: Record<string, string>;
  /** Epoch ms by which the container must have ended, whoever is left to see to it. */
  deadlineMs: number;
  /** Whether a Service's URL is answered at this moment. */
  serving(url: string): boolean;
}

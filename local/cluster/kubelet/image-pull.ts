import type { Container, ContainerState, Pod } from '../objects/shapes.ts';
import { circumstancesOf } from '../runtime/faulty-runtime.ts';
import { goDuration } from './image-cache.ts';
import { type KubeletParts, nodeOf } from './parts.ts';

/** Kubernetes' own: doubled after each failure, up to five minutes. */
const BACKOFF_MS = 10_000;
const LONGEST_BACKOFF_MS = 5 * 60_000;

/** An image on its way to a node, tried again for as long as the pod is there. */
export class ImagePull {
  readonly #parts: KubeletParts;
  readonly #pod: Pod;
  readonly #container: Container;
  readonly #set: (state: ContainerState) => void;
  #attempt = 0;
  #cancel = () => {};

  constructor(parts: KubeletParts, pod: Pod, container: Container, set: (state: ContainerState) => void) {
    this.#parts = parts;
    this.#pod = pod;
    this.#container = container;
    this.#set = set;
  }

  begin(done: () => void): void {
    const { image } = this.#container;
    const { cache, plane } = this.#parts;
    const node = this.#pod.spec.nodeName!;
    if (cache.has(node, image)) {
      this.#event('Normal', 'Pulled', `Container image "${image}" already present on machine`);
      done();
      return;
    }
    this.#event('Normal', 'Pulling', `Pulling image "${image}"`);
    const refusal = this.#refusal();
    if (refusal !== undefined) {
      this.#fail(refusal, done);
      return;
    }
    const pullMs = cache.pull(node, image, plane.latencies.imagePullMs(image));
    this.#cancel = plane.timers.after(pullMs, () => {
      const took = goDuration(pullMs);
      this.#event('Normal', 'Pulled', `Successfully pulled image "${image}" in ${took} (${took} including waiting)`);
      done();
    });
  }

  cancel(): void {
    this.#cancel();
  }

  #refusal(): string | undefined {
    const { image, name } = this.#container;
    if (this.#parts.images.find(image) === undefined) {
      return `failed to resolve reference "${image}": not found: the local cluster knows no such image`;
    }
    const node = nodeOf(this.#parts, this.#pod);
    const { faults, cluster } = this.#parts.plane;
    const fault = faults.take('image-pull', circumstancesOf({ pod: this.#pod, container: name, image, node }, cluster));
    return fault && (fault.message ?? 'toomanyrequests: You have reached your pull rate limit');
  }

  #fail(message: string, done: () => void): void {
    const { image } = this.#container;
    const { timers } = this.#parts.plane;
    this.#event('Warning', 'Failed', `Failed to pull image "${image}": ${message}`);
    this.#event('Warning', 'Failed', 'Error: ErrImagePull');
    this.#set({ waiting: { reason: 'ErrImagePull', message } });
    const backoffMs = Math.min(LONGEST_BACKOFF_MS, BACKOFF_MS * 2 ** this.#attempt++);
    this.#cancel = timers.after(1000, () => {
      this.#event('Normal', 'BackOff', `Back-off pulling image "${image}"`);
      this.#event('Warning', 'Failed', 'Error: ImagePullBackOff');
      const why = `Back-off pulling image "${image}": ErrImagePull: ${message}`;
      this.#set({ waiting: { reason: 'ImagePullBackOff', message: why } });
      this.#cancel = timers.after(backoffMs - 1000, () => this.begin(done));
    });
  }

  #event(type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.#parts.plane.events.record(this.#pod, type, reason, message);
  }
}

import { keyOf } from '../objects/objects.ts';
import type { Pod } from '../objects/shapes.ts';

/** A pod that asks for no label may go anywhere. */
const ANYWHERE = '';

/** What a pod asks first of a node's labels: with many pools this alone leaves one of them. */
export const firstSelected = ({ spec }: Pod): Record<string, string> =>
  Object.fromEntries(Object.entries(spec.nodeSelector ?? {}).slice(0, 1));

/** Pods without a node, found by the nodes that they select: thousands wait at once, each for a pool of its own. */
export class WaitingPods {
  readonly #bySelector = new Map<string, Map<string, { pod: Pod; serial: number }>>();
  readonly #selectors = new Map<string, string>();
  #serial = 0;

  put(pod: Pod): void {
    const key = keyOf(pod.metadata);
    const selector = Object.entries(firstSelected(pod)).map(named)[0] ?? ANYWHERE;
    const pods = this.#bySelector.get(selector) ?? new Map<string, { pod: Pod; serial: number }>();
    pods.set(key, { pod, serial: pods.get(key)?.serial ?? ++this.#serial });
    this.#bySelector.set(selector, pods);
    this.#selectors.set(key, selector);
  }

  /** @returns whether it was waiting. */
  delete(key: string): boolean {
    const selector = this.#selectors.get(key);
    if (selector === undefined) return false;
    this.#selectors.delete(key);
    const pods = this.#bySelector.get(selector);
    pods?.delete(key);
    if (pods?.size === 0) this.#bySelector.delete(selector);
    return true;
  }

  /** Those whose first label is among these, and those without one; in the order in which they came. */
  selecting(labels: Readonly<Record<string, string>>): Pod[] {
    const selectors = [ANYWHERE, ...Object.entries(labels).map(named)];
    const found = selectors.flatMap((selector) => this.#bySelector.get(selector) ?? []);
    const pods = found.flatMap((some) => [...some.values()]);
    if (found.length > 1) pods.sort((left, right) => left.serial - right.serial);
    return pods.map(({ pod }) => pod);
  }
}

const named = ([label, value]: [string, string]): string => `${label}=${value}`;

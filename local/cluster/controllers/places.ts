import { keyOf } from '../objects/objects.ts';
import type { Pod } from '../objects/shapes.ts';
import { add, type Host, misfit, requests, subtract } from './fit.ts';

interface Room {
  host: Host;
  pods: Map<string, Pod>;
}

/** The room on claims whose nodes are not there yet, and the pods that are to have it. */
export class Places {
  readonly #rooms = new Map<string, Room>();
  readonly #claims = new Map<string, string>();

  isOpen(claim: string): boolean {
    return this.#rooms.has(claim);
  }

  open(claim: string, host: Host): void {
    this.#rooms.set(claim, { host, pods: new Map() });
  }

  /** @returns keys of the pods that have no place any more. */
  close(claim: string): string[] {
    const keys = [...(this.#rooms.get(claim)?.pods.keys() ?? [])];
    for (const key of keys) this.#claims.delete(key);
    this.#rooms.delete(claim);
    return keys;
  }

  has(pod: string): boolean {
    return this.#claims.has(pod);
  }

  /** @returns whether the claim has room for it; if so, it is the pod's now. */
  take(claim: string, pod: Pod): boolean {
    const room = this.#rooms.get(claim);
    if (room === undefined || misfit(pod, room.host) !== undefined) return false;
    room.host.free = subtract(room.host.free, requests(pod));
    room.pods.set(keyOf(pod.metadata), pod);
    this.#claims.set(keyOf(pod.metadata), claim);
    return true;
  }

  leave(key: string): void {
    const room = this.#rooms.get(this.#claims.get(key) ?? '');
    const pod = room?.pods.get(key);
    this.#claims.delete(key);
    if (room === undefined || pod === undefined) return;
    room.pods.delete(key);
    room.host.free = add(room.host.free, requests(pod));
  }
}

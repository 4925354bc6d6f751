import type { Clock } from '#core/ports/clock.ts';

/** What a fault may be aimed at; only the facts that exist at its moment are known then. */
export interface Circumstances {
  cluster: string;
  nodePool: string;
  instanceType: string;
  capacityType: string;
  zone: string;
  /** Without tag and digest, or in full. */
  image: string;
  container: string;
  /** Labels of the pod: its role, its deployment, its cell. */
  role: string;
  deployment: string;
  cell: string;
}

interface FaultTiming {
  /** All that is named must be so; everything when empty. */
  where?: Partial<Circumstances>;
  /** How often it happens; without end when left out. */
  times?: number;
  /** Epoch ms from and until which it happens. */
  fromMs?: number;
  untilMs?: number;
}

export type FaultKind =
  | { kind: 'insufficient-capacity' }
  /** The node takes this much longer to register. */
  | { kind: 'slow-node'; extraMs: number }
  /** The instance is gone this long after its node was Ready, without a word. */
  | { kind: 'node-lost'; afterMs: number }
  | { kind: 'image-pull'; message?: string }
  | { kind: 'crash-at-start'; exitCode?: number }
  | { kind: 'crash'; afterMs: number; exitCode?: number }
  | { kind: 'never-ready' }
  /** Runs until it is killed, whatever it was asked to do; SIGTERM does not move it. */
  | { kind: 'never-ends' }
  | { kind: 'cluster-create'; reason: string };

export type Fault = FaultKind & FaultTiming;
type FaultOf<K extends FaultKind['kind']> = Extract<Fault, { kind: K }>;

/** What is to go wrong. Asking for a fault uses up one of its times. */
export class Faults {
  readonly #clock: Clock;
  readonly #faults = new Map<Fault, { left: number }>();

  constructor(clock: Clock, faults: readonly Fault[] = []) {
    this.#clock = clock;
    for (const fault of faults) this.add(fault);
  }

  /** @returns takes it back. */
  add(fault: Fault): () => void {
    this.#faults.set(fault, { left: fault.times ?? Number.POSITIVE_INFINITY });
    return () => this.#faults.delete(fault);
  }

  /** The first fault of the kind that fits, if any. */
  take<K extends FaultKind['kind']>(kind: K, circumstances: Partial<Circumstances>): FaultOf<K> | undefined {
    const nowMs = this.#clock.nowMs();
    for (const [fault, state] of this.#faults) {
      if (fault.kind !== kind || state.left === 0) continue;
      if (nowMs < (fault.fromMs ?? nowMs) || nowMs >= (fault.untilMs ?? Number.POSITIVE_INFINITY)) continue;
      if (!fits(fault.where ?? {}, circumstances)) continue;
      state.left--;
      return fault as FaultOf<K>;
    }
    return undefined;
  }
}

const fits = (where: Partial<Circumstances>, circumstances: Partial<Circumstances>): boolean =>
  Object.entries(where).every(([fact, value]) => {
    const actual = circumstances[fact as keyof Circumstances];
    return actual === value || (fact === 'image' && actual !== undefined && repository(actual) === value);
  });

/** `vllm/vllm-openai` of `vllm/vllm-openai:v0.32.0@sha256:...`; a registry's port is no tag. */
export const repository = (image: string): string => image.replace(/@.*$/, '').replace(/:[^:/]*$/, '');

import type { SecretValue } from '../cluster/manifests/pod-parts.ts';
import type { Deployment, EngineName } from '../plan/types.ts';

/** Where the engine reads the weights. */
export type Weights = { from: 'hub' } | { from: 'bucket'; uri: string };

/** What the manifest builder puts in the engine's pod. */
export interface EngineContainer {
  image: string;
  command: string[];
  args: string[];
  env: Record<string, string>;
  secretEnv?: Readonly<Record<string, SecretValue>>;
  port: number;
  gpus: number;
  /** Answers 200 on `port` once the model is loaded. */
  healthPath: string;
}

export interface Engine {
  name: EngineName;
  container(deployment: Deployment, weights: Weights): EngineContainer;
}

import { fileURLToPath } from 'node:url';
import type { Launcher } from '../cluster/images.ts';

const MAIN = fileURLToPath(new URL('../engine/main.ts', import.meta.url));

export interface SimulatedEngineOptions {
  /** A duration as the simulator takes it: `2s`. */
  startup: string;
  /** Of the virtual engine. */
  virtualStartupMs: number;
  seed: number;
}

/** What vLLM's image is here: the simulator, with vLLM's own arguments and the timing of the node's type. */
export const simulatedEngine = ({ startup, virtualStartupMs, seed }: SimulatedEngineOptions): Launcher => ({
  simulated: true,
  virtual: () => ({ durationMs: 'forever', readyAfterMs: virtualStartupMs }),
  process: ({ args, node }) => ({
    command: process.execPath,
    // Later flags win: where it listens is for this machine to say, not for the manifest.
    args: [
      MAIN,
      'serve',
      ...args,
      '--host',
      '127.0.0.1',
      '--port',
      '0',
      '--instance-type',
      node.instanceType,
      '--startup-duration',
      startup,
      '--seed',
      String(seed),
    ],
  }),
});

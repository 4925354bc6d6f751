import type { Cell, GeneratorName } from '../plan/types.ts';
import type { Measurement } from '../results/measurement.ts';
import type { ArtifactFiles } from './artifacts.ts';

/** What the load is pointed at. The variables are expanded by the kubelet, never by a shell. */
export interface Target {
  /** The name that the engine serves the model under. */
  model: string;
  engineUrlVariable: '$(ENGINE_URL)';
  artifactDirVariable: '$(ARTIFACT_DIR)';
  /** A tokenizer's name on the hub, a local folder, or `builtin` (o200k_base, no network). */
  tokenizer: string;
  /**
   * Whose token counts are believed. `server` (default): the engine's own `usage`; re-tokenizing its text
   * over-counts by up to a quarter. `tokenizer`: for a server that reports no usage.
   */
  tokenCounts?: 'server' | 'tokenizer';
  /** False for a server that refuses `ignore_eos` and `min_tokens`; then output lengths are the model's. */
  pinsOutputLength?: boolean;
  /** A DCGM exporter on the engine's node. */
  gpuMetricsUrl?: string;
}

/** A container's command, as a manifest takes it. */
export interface Invocation {
  command: string[];
  args: string[];
  /** In order: a value may name a variable that stands before it, as `$(NAME)`. */
  env: Record<string, string>;
}

export interface GeneratorInvocation extends Invocation {
  /** Variables that change what the generator does by being set at all. */
  unset: string[];
}

export interface Generator {
  name: GeneratorName;
  /** Pinned: the same matrix must mean the same load next month. */
  image: string;
  /** Who it runs as; root when left out, because its image knows nobody else. */
  user?: number;
  arguments(cell: Cell, target: Target): GeneratorInvocation;
  /**
   * @throws StepBenchError GeneratorFailed (it ended without a result, and why), ArtifactsMissing or
   * ArtifactsInvalid.
   */
  parse(files: ArtifactFiles): Promise<Measurement>;
}

/** Text from a matrix, where the kubelet expands `$(NAME)`: `$$` is its escape. */
export const literal = (text: string): string => text.replaceAll('$(', '$$$$(');

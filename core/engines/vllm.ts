import { HUB_TOKEN } from '../cluster/hugging-face.ts';
import { literal } from '../generators/generator.ts';
import { stretchesContext } from '../matrix/engine-arguments.ts';
import { knownContextTokens } from '../matrix/models.ts';
import type { Cell, Deployment } from '../plan/types.ts';
import type { Engine, EngineContainer, Weights } from './engine.ts';

/** The version that both generators were run against. `latest` would change what a result means. */
export const VLLM_IMAGE = 'vllm/vllm-openai:v0.32.0';

const PORT = 8000;
const SMALLEST_CONTEXT = 8192;

export const vllm: Engine = {
  name: 'vllm',
  container: (deployment: Deployment, weights: Weights): EngineContainer => ({
    image: VLLM_IMAGE,
    command: ['vllm', 'serve'],
    args: [
      literal(weights.from === 'hub' ? deployment.model : weights.uri),
      '--port',
      String(PORT),
      '--served-model-name',
      literal(deployment.model),
      '--tensor-parallel-size',
      String(deployment.tensorParallel),
      '--pipeline-parallel-size',
      String(deployment.pipelineParallel),
      '--max-model-len',
      String(contextLength(deployment.cells, contextLimit(deployment))),
      '--gpu-memory-utilization',
      '0.90',
      '--max-num-seqs',
      '256',
      // Synthetic prompts share no meaning, only tokens: hits would measure the generator's vocabulary.
      '--no-enable-prefix-caching',
      ...(weights.from === 'hub' ? [] : ['--load-format', 'runai_streamer']),
      // Last, because the last of two flags is the one that vLLM takes.
      ...deployment.engineArguments.map(literal),
    ],
    env: {
      VLLM_NO_USAGE_STATS: '1',
      // With a prefix cache that is used, the load script drops it before every cell.
      ...(deployment.engineArguments.includes('--enable-prefix-caching') ? WITH_RESET : {}),
      ...(deployment.instanceType.startsWith('g5.') && deployment.tensorParallel > 1 ? WITHOUT_NVLINK : {}),
    },
    // From the bucket it asks nobody.
    ...(weights.from === 'hub' ? { secretEnv: HUB_TOKEN } : {}),
    port: PORT,
    gpus: deployment.tensorParallel * deployment.pipelineParallel,
    healthPath: '/health',
  }),
};

/** vLLM offers /reset_prefix_cache in its development mode only. */
const WITH_RESET = { VLLM_SERVER_DEV_MODE: '1' };

/** G5 has neither NVLink nor InfiniBand, and NCCL hangs looking for them. */
const WITHOUT_NVLINK = { NCCL_P2P_DISABLE: '1', NCCL_IB_DISABLE: '1' };

/** vLLM does not start with more than the model's configuration has. */
const contextLimit = ({ model, engineArguments }: Deployment): number | undefined =>
  stretchesContext(engineArguments) ? undefined : knownContextTokens(model);

/**
 * The longest request with room for a chat template and for three standard deviations, as a power of two.
 * A longer context than needed costs KV cache only for what is used, a shorter one refuses requests.
 * @param limit of the model, in tokens, where it is known.
 */
export function contextLength(
  cells: Pick<Cell, 'isl' | 'islStddev' | 'osl' | 'oslStddev'>[],
  limit = Number.POSITIVE_INFINITY,
): number {
  const longest = Math.max(
    0,
    ...cells.map((cell) => cell.isl + 3 * cell.islStddev + cell.osl + 3 * cell.oslStddev + 256),
  );
  return Math.min(limit, 2 ** Math.ceil(Math.log2(Math.max(SMALLEST_CONTEXT, longest))));
}

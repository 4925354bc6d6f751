import { hidesTokensFromGenaiPerf } from '../generators/tokenizer.ts';
import type { Matrix, MatrixDeployment } from '../matrix/types.ts';
import { runsAlready } from './runs-already.ts';
import type { GeneratorName } from './types.ts';

/**
 * Who measures a deployment. AIPerf for an endpoint: it takes headers without showing them, and paths, and tells
 * errors request by request; and where genai-perf would not see all tokens.
 * @param auto what `auto` means where the run runs.
 */
export function generatorOf(
  { load }: Pick<Matrix, 'load'>,
  auto: GeneratorName,
  deployment?: Pick<MatrixDeployment, 'engine' | 'model' | 'cells'>,
): GeneratorName {
  if (load.generator !== 'auto' || deployment === undefined) return load.generator === 'auto' ? auto : load.generator;
  const { model, cells } = deployment;
  const needsAiperf =
    runsAlready(deployment) || cells.some(({ endpoint }) => hidesTokensFromGenaiPerf(model, endpoint));
  return needsAiperf ? 'aiperf' : auto;
}

/** All that a matrix needs. */
export const generatorsOf = (matrix: Matrix, auto: GeneratorName): GeneratorName[] => [
  ...new Set(matrix.deployments.map((deployment) => generatorOf(matrix, auto, deployment))),
];

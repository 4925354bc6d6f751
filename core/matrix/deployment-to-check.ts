import type { GpuInstanceFacts } from '../pricing/gpu-instances.ts';
import type { Axis, AxisValues } from './axes.ts';
import type { MatrixDocument } from './schema.ts';

/** A deployment as its checks see it. */
export interface DeploymentToCheck {
  values: Omit<AxisValues, 'concurrency' | 'requestRate'>;
  facts: GpuInstanceFacts;
  weightsGiB: number | undefined;
  /** Path of an axis's value in the document. */
  origin: (axis: Axis) => string;
  document: Pick<MatrixDocument, 'endpoints' | 'load'>;
}

import type { DeploymentName } from '../deployment-names.ts';
import type { LoadPoint } from '../load-points.ts';

/** A deployment with its load points, in the order of the load: what a figure draws as one line. */
export interface DrawnDeployment {
  name: DeploymentName;
  points: readonly LoadPoint[];
}

/** As short as it can stand beside a mark: the concurrency, or the rate. */
export const loadLabel = ({ concurrency, requestRate }: LoadPoint): string =>
  concurrency === null ? `${requestRate}/s` : String(concurrency);

import type { MatrixDeployment } from '../matrix/types.ts';
import type { PriceQuote } from '../ports/prices.ts';
import type { DeploymentEstimate } from './types.ts';

/** A deployment with its prices and its estimate, before it has a deadline. */
export interface Draft {
  deployment: MatrixDeployment;
  prices: PriceQuote[];
  /** How long it stays up after its last cell; part of the estimate's idle time. */
  holdSeconds: number;
  estimate: DeploymentEstimate;
}

/** Until the last cell is recorded and the hold is over; what release takes comes on top of every deadline. */
export const neededSeconds = ({ estimate }: Draft): number => estimate.seconds - estimate.phases.release.seconds;

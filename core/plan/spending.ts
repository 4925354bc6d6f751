/**
 * What a run has taken of its budget so far, over all its executions, in dollars. `nodesUsd` is what nodes that are
 * proven gone cost; `sharedUsd` downloads, control plane and state transitions; `reservedUsd` the most that nodes can
 * still come to whose end nobody has recorded.
 */
export interface Spending {
  nodesUsd: number;
  sharedUsd: number;
  reservedUsd: number;
}

export const NOTHING_SPENT: Spending = { nodesUsd: 0, sharedUsd: 0, reservedUsd: 0 };

export const spentUsd = ({ nodesUsd, sharedUsd, reservedUsd }: Spending): number => nodesUsd + sharedUsd + reservedUsd;

/** How the sum is made: said wherever it is. */
export const spendingParts = (spending: Spending, usd: (value: number) => string = cents): string =>
  `nodes ${usd(spending.nodesUsd)}, shared costs ${usd(spending.sharedUsd)}, reserved for nodes not known to be gone ${usd(spending.reservedUsd)}`;

const cents = (value: number): string => `$${value.toFixed(2)}`;

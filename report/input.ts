import type { Spending } from '#core/plan/spending.ts';
import type { Plan } from '#core/plan/types.ts';
import type { SqlRow } from '#core/ports/sql.ts';
import type { CellRow } from '#core/results/cell-columns.ts';
import type { DeploymentRow } from '#core/results/deployment-columns.ts';
import type { Queries } from '#core/results/questions.ts';

/** What of a run's plan a report tells. */
export interface ReportedPlan
  extends Pick<
    Plan,
    'run' | 'name' | 'region' | 'slo' | 'startedAt' | 'budgetUsd' | 'estimate' | 'generator' | 'staging' | 'cluster'
  > {
  /** Of all executions together; plans of earlier versions have none. */
  wholeBudgetUsd?: number;
  /** ISO time of the run's first start, where `startedAt` is the latest one's; not in every stored plan. */
  firstStartedAt?: string;
  /** The matrix as the user wrote it. */
  matrix: unknown;
  /** Ids of the cells asked for, under their deployment's. */
  cellsOf: Readonly<Record<string, readonly string[]>>;
}

/** Everything that a report is made of: the same input gives the same page, to the byte. */
export interface ReportInput {
  plan: ReportedPlan;
  rows: readonly CellRow[];
  nodes: readonly DeploymentRow[];
  /** What all executions so far count against the budget. */
  spent: Spending;
  /** What the questions in SQL were answered; one that failed is missing. */
  answers: readonly { name: string; rows: readonly SqlRow[] }[];
  queries: Queries;
  /** ISO time. */
  writtenAt: string;
}

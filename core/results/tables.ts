import { CELL_COLUMNS, type CellRow } from './cell-columns.ts';
import type { Column } from './column.ts';
import { DEPLOYMENT_COLUMNS, type DeploymentRow } from './deployment-columns.ts';
import type { TableName } from './layout.ts';

interface Table {
  readonly columns: readonly Column[];
  /** No two rows agree in all of these. */
  readonly key: readonly string[];
  readonly meaning: string;
}

export interface TableRows {
  cells: CellRow;
  deployments: DeploymentRow;
}

/** The two tables of the results. */
export const TABLES = {
  cells: {
    columns: CELL_COLUMNS,
    key: ['run_id', 'cell_id', 'attempt'],
    meaning: 'One row for every cell that a run asked for, measured or not.',
  },
  deployments: {
    columns: DEPLOYMENT_COLUMNS,
    key: ['run_id', 'deployment_id', 'attempt'],
    meaning:
      'One row for every node that a run paid for (those that served all deployments are summed), with seconds and dollars by phase.',
  },
} as const satisfies Record<TableName, Table>;

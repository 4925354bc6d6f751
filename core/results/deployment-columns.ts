import { NODE_PHASES, type NodePhase } from '../plan/types.ts';
import type { Column, RowOf } from './column.ts';
import { ENGINE_COLUMNS, PRICE_COLUMNS } from './shared-columns.ts';

export type { NodePhase };

const PHASE_MEANING: Record<NodePhase, string> = {
  launch: 'from asking for the node until it could run pods',
  pull: 'images',
  load: 'engine start and weights',
  measure: 'cells, warm-up included',
  idle: 'none of the others',
  release: 'from the end of the work until the instance was proven gone',
};

const secondsByPhase = NODE_PHASES.map((phase) => ({
  name: `${phase}_s` as `${NodePhase}_s`,
  type: 'double' as const,
  unit: 's',
  nullable: false as const,
  meaning: `Node-seconds: ${PHASE_MEANING[phase]}`,
}));

const dollarsByPhase = NODE_PHASES.map((phase) => ({
  name: `${phase}_usd` as `${NodePhase}_usd`,
  type: 'double' as const,
  unit: 'USD',
  nullable: false as const,
  meaning: `${phase}_s at price and fee`,
}));

/**
 * A row for the node of each attempt at a deployment, and one for the nodes that served all of them (load
 * generators, staging of the model), whose seconds are summed. Sums over a run are what it cost.
 */
export const DEPLOYMENT_COLUMNS = [
  { name: 'schema_version', type: 'integer', nullable: false, meaning: 'Version of this table of columns' },
  { name: 'run_id', type: 'string', nullable: false, meaning: 'The run' },
  {
    name: 'deployment_id',
    type: 'string',
    nullable: false,
    meaning: 'As in cells; the role for a node that served all deployments',
  },
  {
    name: 'attempt',
    type: 'integer',
    nullable: false,
    meaning: 'Which execution of the run, from 1; each buys nodes of its own',
  },
  {
    name: 'role',
    type: 'string',
    values: ['engine', 'load', 'stage'],
    nullable: false,
    meaning: 'What the node was for',
  },
  {
    name: 'status',
    type: 'string',
    values: ['SUCCEEDED', 'PARTIAL', 'FAILED'],
    nullable: true,
    meaning: 'Of the cells of this attempt; null where there are none',
  },
  { name: 'error_name', type: 'string', nullable: true, meaning: 'Why the deployment failed: one of the error names' },
  { name: 'error_reason', type: 'string', nullable: true, meaning: 'Why the deployment failed, for people' },
  {
    name: 'simulated',
    type: 'boolean',
    nullable: false,
    meaning: 'True when no GPU stood behind the engine: the dollars are what it would have cost',
  },
  { name: 'recorded_at', type: 'timestamp', nullable: false, meaning: 'When this row was written' },

  { name: 'instance_type', type: 'string', nullable: false, meaning: 'EC2 instance type' },
  { name: 'region', type: 'string', nullable: true, meaning: 'AWS region the price is of' },
  { name: 'zone', type: 'string', nullable: true, meaning: 'Availability zone the node landed in' },
  {
    name: 'capacity_type',
    type: 'string',
    nullable: true,
    meaning: 'on-demand, spot or reserved; null when no node came',
  },
  {
    name: 'instance_id',
    type: 'string',
    nullable: true,
    meaning: 'EC2 instance id, of several nodes with commas between; null when no node came',
  },
  ...ENGINE_COLUMNS,

  { name: 'cells_asked', type: 'integer', nullable: false, meaning: 'Cells this attempt was to measure' },
  { name: 'cells_measured', type: 'integer', nullable: false, meaning: 'Cells with figures' },
  { name: 'cells_valid', type: 'integer', nullable: false, meaning: 'Cells whose figures may be ranked' },
  { name: 'cells_failed', type: 'integer', nullable: false, meaning: 'Cells without figures' },
  { name: 'cells_cut', type: 'integer', nullable: false, meaning: 'Failed cells that the deadline cut off' },

  { name: 'launched_at', type: 'timestamp', nullable: true, meaning: 'When the instance started to cost money' },
  { name: 'released_at', type: 'timestamp', nullable: true, meaning: 'When the instance was proven gone' },
  ...secondsByPhase,
  { name: 'node_s', type: 'double', unit: 's', nullable: false, meaning: 'Node-seconds of all phases' },
  ...dollarsByPhase,
  { name: 'total_usd', type: 'double', unit: 'USD', nullable: false, meaning: 'Dollars of all phases' },
  { name: 'image_gib', type: 'double', unit: 'GiB', nullable: true, meaning: 'Image downloaded' },
  { name: 'weights_gib', type: 'double', unit: 'GiB', nullable: true, meaning: 'Weights downloaded' },
  ...PRICE_COLUMNS,
] as const satisfies readonly Column[];

export type DeploymentRow = RowOf<typeof DEPLOYMENT_COLUMNS>;

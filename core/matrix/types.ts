import type { Cell, EndpointTarget, EngineName } from '../plan/types.ts';
import type { CapacityType } from '../ports/prices.ts';
import type { GpuInstanceFacts } from '../pricing/gpu-instances.ts';
import type { MatrixDocument } from './schema.ts';

/** A cell before the plan knows how often it was tried. */
export type MatrixCell = Omit<Cell, 'attempt'>;

/** A deployment as the matrix asks for it, before there are prices and deadlines. */
export interface MatrixDeployment {
  id: string;
  instanceType: string;
  /** Of the engine `endpoint`. */
  endpoint?: EndpointTarget;
  /** As the user gave it, for an endpoint. */
  givenPriceUsdPerHour?: number;
  facts: GpuInstanceFacts;
  /** The combination's own first, then the fallbacks. */
  capacityTypes: CapacityType[];
  engine: EngineName;
  model: string;
  /** Undefined when nobody knows. */
  weightsGiB: number | undefined;
  tensorParallel: number;
  pipelineParallel: number;
  engineArguments: string[];
  shmGiB: number;
  note: string;
  /** Where the instance type stands in the matrix, for problems that only prices or quotas show. */
  instanceTypePath: string;
  cells: MatrixCell[];
}

/** A matrix that passed every check, expanded. */
export interface Matrix extends Omit<MatrixDocument, 'matrix' | 'defaults' | '$schema'> {
  deployments: MatrixDeployment[];
  totalCells: number;
}

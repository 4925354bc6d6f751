import type { Cell, Deployment } from '#core/plan/types.ts';
import type { CellRow } from '#core/results/cell-columns.ts';
import { argumentsOf } from '#core/results/row-arguments.ts';
import { oneLine } from '../terminal/printable.ts';

type Named = Pick<
  Deployment,
  'id' | 'instanceType' | 'tensorParallel' | 'pipelineParallel' | 'model' | 'engineArguments' | 'shmGiB'
> &
  Partial<Pick<Deployment, 'engine'>>;
type Load = Pick<
  Cell,
  | 'id'
  | 'concurrency'
  | 'requestRate'
  | 'isl'
  | 'islStddev'
  | 'osl'
  | 'oslStddev'
  | 'endpoint'
  | 'streaming'
  | 'dataset'
  | 'repeat'
>;

/** Names for the deployments of a plan, by id: instance type and TP, and what else tells them apart. */
export function deploymentLabels(deployments: readonly Named[]): ReadonlyMap<string, string> {
  const differs = varying(deployments, DEPLOYMENT_FACTS);
  return new Map(
    deployments.map((deployment) => [
      deployment.id,
      oneLine(
        [
          deployment.instanceType,
          ...(deployment.engine === 'endpoint' ? [] : [`TP=${deployment.tensorParallel}`]),
          ...differs.map((name) => DEPLOYMENT_FACTS[name]!(deployment)),
        ].join(' '),
      ),
    ]),
  );
}

/** The same for the deployments that rows are of. */
export function rowLabels(rows: readonly CellRow[]): ReadonlyMap<string, string> {
  const unique = [...new Map(rows.map((row) => [row.deployment_id, row])).values()];
  return deploymentLabels(
    unique.map((row) => ({
      id: row.deployment_id,
      engine: row.engine === 'endpoint' ? ('endpoint' as const) : ('vllm' as const),
      instanceType: row.instance_type,
      tensorParallel: row.tensor_parallel ?? 1,
      pipelineParallel: row.pipeline_parallel ?? 1,
      model: row.model ?? '',
      engineArguments: argumentsOf(row),
      shmGiB: row.shm_gib ?? 0,
    })),
  );
}

/** Names for the cells of a plan, by id: the load, and what else tells them apart. */
export function cellLabels(cells: readonly Load[]): ReadonlyMap<string, string> {
  const differs = varying(cells, CELL_FACTS);
  return new Map(
    cells.map((cell) => [cell.id, oneLine([load(cell), ...differs.map((name) => CELL_FACTS[name]!(cell))].join(' '))]),
  );
}

const load = ({ concurrency, requestRate }: Load): string =>
  concurrency === null ? `rate=${requestRate}/s` : `concurrency=${concurrency}`;

const DEPLOYMENT_FACTS: Record<string, (of: Named) => string> = {
  pipelineParallel: ({ pipelineParallel }) => `PP=${pipelineParallel}`,
  model: ({ model }) => model,
  engineArguments: ({ engineArguments }) => engineArguments.join(' ') || 'no arguments',
  shmGiB: ({ shmGiB }) => `shm=${shmGiB}GiB`,
};

const CELL_FACTS: Record<string, (of: Load) => string> = {
  isl: ({ isl }) => `isl=${isl}`,
  islStddev: ({ islStddev }) => `isl-stddev=${islStddev}`,
  osl: ({ osl }) => `osl=${osl}`,
  oslStddev: ({ oslStddev }) => `osl-stddev=${oslStddev}`,
  endpoint: ({ endpoint }) => endpoint,
  streaming: ({ streaming }) => (streaming ? 'streaming' : 'not streaming'),
  dataset: ({ dataset }) => dataset,
  repeat: ({ repeat }) => `repeat=${repeat}`,
};

/** What is not the same for all of them. */
function varying<T>(items: readonly T[], facts: Record<string, (of: T) => string>): string[] {
  return Object.keys(facts).filter((name) => new Set(items.map((item) => facts[name]!(item))).size > 1);
}

import { type Problem, show } from '../matrix/problems.ts';
import { readMatrix } from '../matrix/read.ts';
import type { Matrix } from '../matrix/types.ts';
import { generatorOf, generatorsOf } from './generator-of.ts';
import type { EndpointTarget, GeneratorName, Plan } from './types.ts';

/** What the latest execution of a run has planned. */
export interface PlannedBefore extends Pick<Plan, 'run' | 'region' | 'cluster' | 'generator'> {
  /** As the user wrote it. */
  matrix: unknown;
  /** Ids of all its cells, under their deployment's. */
  cellsOf: Record<string, readonly string[]>;
}

/**
 * Why a matrix is not that of a run that is there already; nothing where it can go on with it. Budget, capacity, target
 * and parallelism may change. What may not:
 *
 * - its cells. Ids are content hashes, so equal ids are equal cells.
 * - where it works. Nodes that a killed execution has left are looked for on one cluster, that of the lease, and the
 *   budget counts them by asking there.
 * - how its cells are measured beyond what their ids say: figures that came about differently would stand in one
 *   ranking as if they compared.
 *
 * @param auto what `load.generator: auto` means where the run is to go on.
 */
export function resumeProblems(before: PlannedBefore, matrix: Matrix, auto: GeneratorName): Problem[] {
  if (!sameCells(before.cellsOf, matrix)) return [otherMatrix(before.run)];
  const { run } = before;
  const places = [
    changed(run, 'region', before.region, matrix.region, STAYS),
    changed(run, 'cluster.name', before.cluster.name, matrix.cluster.name, STAYS),
  ];
  const read = readMatrix(before.matrix);
  // One that this version does not read any more says nothing else to compare.
  const how = read.ok
    ? [
        ...generatorChanges(before, read.matrix, { matrix, auto }),
        ...loadChanges(run, read.matrix, matrix),
        ...endpointChanges(run, read.matrix, matrix),
      ]
    : [];
  return [...places, ...how].flat();
}

const STAYS = 'what it may have left there is looked for nowhere else';
const COMPARES = 'cells that were measured differently do not compare';

/**
 * Who measures counts, not how the matrix says it: `auto` may mean another one on this machine, and then the one of
 * before can be named.
 */
function generatorChanges(
  { run, generator: then }: PlannedBefore,
  before: Matrix,
  { matrix, auto }: { matrix: Matrix; auto: GeneratorName },
): Problem[] {
  const was = generatorsByDeployment(before, then);
  const is = (asked: Matrix['load']['generator']) =>
    generatorsByDeployment({ ...matrix, load: { ...matrix.load, generator: asked } }, auto);
  if (sameAs(was, is(matrix.load.generator))) return [];
  const names = generatorsOf(before, then).map(show).join(' and ');
  const ways = (['auto', then] as const).filter((asked) => sameAs(was, is(asked)));
  return [
    {
      path: 'load.generator',
      value: matrix.load.generator,
      message: `run ${run} was started with ${names}, and here it would go on with ${generatorsOf(matrix, auto).map(show).join(' and ')}: ${COMPARES}`,
      instead: `${ways.map(show).join(' or ') || `nothing else, but go on where "auto" is ${show(then)}`}, or take another run id`,
      code: 'not-resumable',
    },
  ];
}

const generatorsByDeployment = (matrix: Matrix, auto: GeneratorName): Map<string, GeneratorName> =>
  new Map(matrix.deployments.map((one) => [one.id, generatorOf(matrix, auto, one)]));

const sameAs = (one: Map<string, GeneratorName>, other: Map<string, GeneratorName>): boolean =>
  [...one].every(([id, generator]) => other.get(id) === generator);

/** Of `load`, all but how long a cell may take: that decides whether there is a figure, not which. */
const LOAD_SETTINGS = [
  'requestsPerConcurrency',
  'requestCount',
  'openLoadSeconds',
  'warmupRequestsPerConcurrency',
  'warmupRequestCount',
] as const satisfies readonly (keyof Matrix['load'])[];

const loadChanges = (run: string, { load }: Matrix, { load: now }: Matrix): Problem[] =>
  LOAD_SETTINGS.flatMap((name) => changed(run, `load.${name}`, load[name], now[name], COMPARES));

/** Of an endpoint, what decides how many tokens there are; which server it is its deployment's id says. */
const ENDPOINT_SETTINGS = [
  'pinsOutputLength',
  'tokenCounts',
  'tokenizer',
] as const satisfies readonly (keyof EndpointTarget)[];

function endpointChanges(run: string, before: Matrix, { endpoints: now }: Matrix): Problem[] {
  return Object.entries(before.endpoints).flatMap(([label, endpoint]) =>
    ENDPOINT_SETTINGS.flatMap((name) =>
      changed(run, `endpoints.${label}.${name}`, endpoint[name], now[label]?.[name], COMPARES),
    ),
  );
}

function changed(run: string, path: string, before: unknown, now: unknown, why: string): Problem[] {
  if (before === now) return [];
  const [was, instead] = before === undefined ? ['none', 'nothing'] : [show(before), show(before)];
  return [
    {
      path,
      value: now,
      message: `run ${run} was started with ${was}, and ${why}`,
      instead: `${instead} again, or take another run id`,
      code: 'not-resumable',
    },
  ];
}

function sameCells(cellsOf: PlannedBefore['cellsOf'], { deployments }: Matrix): boolean {
  const asked = Object.entries(cellsOf);
  if (asked.length !== deployments.length) return false;
  const now = new Map(deployments.map(({ id, cells }) => [id, new Set(cells.map((cell) => cell.id))]));
  return asked.every(([id, cells]) => {
    const there = now.get(id);
    return there !== undefined && there.size === cells.length && cells.every((cell) => there.has(cell));
  });
}

const otherMatrix = (run: string): Problem => ({
  path: 'run',
  value: run,
  message: 'this run measured another matrix, and a run has one',
  instead: 'another run id, or the matrix that it was started with',
  code: 'not-resumable',
});

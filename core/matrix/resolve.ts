import { cellId, cellSeed, deploymentId } from '../plan/ids.ts';
import type { CapacityType } from '../ports/prices.ts';
import { type GpuInstanceFacts, gpuInstanceFacts } from '../pricing/gpu-instances.ts';
import { type Axis, type AxisValues, BUILT_IN_DEFAULTS, REQUIRED_AXES } from './axes.ts';
import {
  ambiguousLoad,
  type Context,
  capacityTypeTwice,
  checkContext,
  checkGenerator,
  checkRequests,
  contextOf,
  duplicateCell,
  idCollision,
  missing,
  overLimits,
} from './combination-checks.ts';
import { checkDeployment } from './deployment-checks.ts';
import { endpointFacts, endpointTarget } from './endpoint.ts';
import { isEndpointLabel } from './endpoint-schema.ts';
import type { Combination } from './expand.ts';
import { Findings } from './findings.ts';
import { loadCounts } from './load-point.ts';
import { knownWeightsGiB } from './models.ts';
import type { Origins } from './origin.ts';
import type { Problem } from './problems.ts';
import type { Promised, Salvaged } from './salvage.ts';
import type { MatrixDocument } from './schema.ts';
import type { MatrixCell, MatrixDeployment } from './types.ts';

type Values = Partial<AxisValues> & { note?: string };

/** In place of a value that was wrong and has been reported: roomy enough to be the cause of nothing else. */
const STAND_INS: Partial<AxisValues> = {
  instanceType: 'p5en.48xlarge',
  model: 'stand-in',
  isl: 1,
  osl: 1,
  concurrency: 1,
};

/** Axes on which the length of a request and the room for it hang; of a model's stand-in nobody knows the context. */
const HOLDS_CONTEXT = ['isl', 'osl', 'engineArguments'] as const satisfies readonly Axis[];

interface Draft {
  deployment: MatrixDeployment;
  capacityType: CapacityType;
  notes: Set<string>;
  /** Undefined where nobody knows, or where it hangs on a value that was wrong. */
  context: Context | undefined;
}

/** Groups combinations into deployments and cells, and finds what is wrong with them; one pass over the cells. */
export class Resolver {
  readonly #document: MatrixDocument;
  readonly #origins: Origins;
  readonly #broken: ReadonlySet<Axis>;
  readonly #promised: Promised;
  readonly #defaults: Values;
  readonly #findings = new Findings();
  readonly #drafts = new Map<string, Draft>();
  readonly #flawed = new Set<string>();
  readonly #deploymentIds = new Set<string>();
  readonly #cells = new Map<string, MatrixCell>();

  constructor({ document, broken, promised }: Pick<Salvaged, 'document' | 'broken' | 'promised'>, origins: Origins) {
    this.#document = document;
    this.#origins = origins;
    this.#broken = broken;
    this.#promised = promised;
    const standIns = Object.fromEntries(Object.entries(STAND_INS).filter(([axis]) => broken.has(axis as Axis)));
    this.#defaults = { ...standIns, ...BUILT_IN_DEFAULTS, ...present(document.defaults) };
  }

  add(combination: Combination<unknown>): void {
    const values: Values = { ...this.#defaults, ...combination.values };
    if (!this.#isComplete(combination, values)) return;
    if (isEndpointLabel(values.instanceType) && !this.#saysEngine(combination)) values.engine = 'endpoint';
    const draft = this.#draftOf(combination, values as AxisValues);
    if (draft === undefined) return;
    if (values.note !== undefined) draft.notes.add(values.note);
    this.#addCells(combination, values as AxisValues, draft);
  }

  /** `flawed`: ids of the deployments that cannot be as they are. */
  result(): { deployments: MatrixDeployment[]; totalCells: number; flawed: ReadonlySet<string>; problems: Problem[] } {
    const deployments = [...this.#drafts.values()].map(({ deployment, notes }) => ({
      ...deployment,
      note: [...notes].join('; '),
    }));
    return {
      deployments,
      totalCells: this.#cells.size,
      flawed: this.#flawed,
      problems: [...this.#findings.problems(), ...overLimits(deployments, this.#document.repeats)],
    };
  }

  #isComplete(combination: Combination<unknown>, values: Values): boolean {
    let complete = true;
    for (const axis of REQUIRED_AXES) {
      if (values[axis] !== undefined) continue;
      complete = false;
      if (this.#isPromised(combination, axis)) continue;
      this.#findings.add(missing(this.#origins.of(combination, axis), axis));
    }
    const { concurrency, requestRate } = values;
    if (concurrency === undefined && requestRate === undefined) {
      complete = false;
      const given = (axis: Axis) => this.#broken.has(axis) || this.#isPromised(combination, axis);
      if (!given('concurrency') && !given('requestRate')) {
        this.#findings.add(missing(this.#origins.of(combination, 'concurrency'), 'concurrency'));
      }
    } else if (concurrency !== undefined && requestRate !== undefined) {
      complete = false;
      if (!this.#broken.has('concurrency')) {
        this.#findings.add(ambiguousLoad(this.#origins.of(combination, 'requestRate'), requestRate));
      }
    }
    return complete;
  }

  /** No entry is added to a combination that another one made. */
  #isPromised({ axisIndex }: Combination<unknown>, axis: Axis): boolean {
    return this.#promised.byDefaults || (axisIndex !== undefined && this.#promised.byInclude.has(axis));
  }

  #saysEngine({ values }: Combination<unknown>): boolean {
    return values.engine !== undefined || this.#document.defaults.engine !== undefined;
  }

  #draftOf(combination: Combination<unknown>, values: AxisValues): Draft | undefined {
    const { engine, engineArguments, instanceType, model, pipelineParallel, shmGiB, tensorParallel } =
      values.engine === 'endpoint' ? asEndpoint(values) : values;
    const key = JSON.stringify([
      engine,
      engineArguments,
      instanceType,
      model,
      pipelineParallel,
      shmGiB,
      tensorParallel,
    ]);
    const known = this.#drafts.get(key);
    if (known === undefined) {
      const draft = this.#newDraft(combination, values);
      this.#drafts.set(key, draft);
      return draft;
    }
    if (known.capacityType === values.capacityType) return known;
    this.#findings.add(capacityTypeTwice(this.#origins.of(combination, 'capacityType'), values));
    return undefined;
  }

  #newDraft(combination: Combination<unknown>, values: AxisValues): Draft {
    const { model, instanceType, capacityType } = values;
    const given = values.engine === 'endpoint' ? this.#document.endpoints[instanceType] : undefined;
    const target = given && endpointTarget(given);
    const engine = values.engine === 'endpoint' ? asEndpoint(values, target?.url) : values;
    const id = deploymentId(engine);
    const facts: GpuInstanceFacts = gpuInstanceFacts(instanceType) ?? endpointFacts(given);
    const weightsGiB = this.#document.models[model]?.weightsGiB ?? knownWeightsGiB(model);
    const origin = (axis: Axis) => this.#origins.of(combination, axis);
    if (this.#deploymentIds.has(id)) this.#findings.add(idCollision(origin('instanceType'), id));
    this.#deploymentIds.add(id);
    const document = this.#document;
    for (const finding of checkDeployment({ values, facts, weightsGiB, origin, document }, this.#broken)) {
      this.#findings.add(finding);
      this.#flawed.add(id);
    }
    const deployment: MatrixDeployment = {
      id,
      instanceType,
      ...(target && { endpoint: target }),
      ...(given?.priceUsdPerHour !== undefined && { givenPriceUsdPerHour: given.priceUsdPerHour }),
      facts,
      capacityTypes: target ? [capacityType] : [...new Set([capacityType, ...this.#document.capacity.fallback])],
      engine: engine.engine,
      model,
      weightsGiB,
      tensorParallel: engine.tensorParallel,
      pipelineParallel: engine.pipelineParallel,
      engineArguments: [...engine.engineArguments],
      shmGiB: engine.shmGiB,
      note: '',
      instanceTypePath: origin('instanceType'),
      cells: [],
    };
    const isKnown = !HOLDS_CONTEXT.some((axis) => this.#broken.has(axis));
    return { deployment, capacityType, notes: new Set(), context: isKnown ? contextOf(values) : undefined };
  }

  #addCells(combination: Combination<unknown>, values: AxisValues, { deployment, context }: Draft): void {
    const concurrency = values.concurrency ?? null;
    const requestRate = values.requestRate ?? null;
    const counts = loadCounts({ concurrency, requestRate }, this.#document.load);
    const loadPath = () =>
      this.#origins.of(combination, values.concurrency === undefined ? 'requestRate' : 'concurrency');
    for (const finding of checkRequests(values, counts.requestCount, loadPath)) this.#findings.add(finding);
    for (const finding of checkGenerator(values, this.#document.load.generator)) this.#findings.add(finding);
    for (const finding of checkContext(values, context, (axis) => this.#origins.of(combination, axis))) {
      this.#findings.add(finding);
      this.#flawed.add(deployment.id);
    }
    for (let repeat = 1; repeat <= this.#document.repeats; repeat++) {
      // Written out: objects put together by spreading are several times slower, and there may be many.
      const cell: MatrixCell = {
        id: '',
        concurrency,
        requestRate,
        isl: values.isl,
        islStddev: values.islStddev,
        osl: values.osl,
        oslStddev: values.oslStddev,
        endpoint: values.endpoint,
        streaming: values.streaming,
        dataset: values.dataset,
        repeat,
        requestCount: counts.requestCount,
        warmupRequestCount: counts.warmupRequestCount,
        seed: 0,
        timeoutSeconds: this.#document.load.maxCellSeconds,
      };
      const id = cellId(deployment.id, cell);
      cell.id = id;
      cell.seed = cellSeed(id);
      const twin = this.#cells.get(id);
      if (twin === undefined) {
        this.#cells.set(id, cell);
        deployment.cells.push(cell);
      } else if (deployment.cells.includes(twin)) {
        this.#findings.add(duplicateCell(this.#origins.ofCombination(combination)));
      } else {
        this.#findings.add(idCollision(this.#origins.ofCombination(combination), id));
      }
    }
  }
}

/**
 * How a server that runs already was started is not for the matrix to say, so that it tells no two deployments
 * apart; where it answers does, and stands in the rows.
 */
const asEndpoint = (values: AxisValues, url = ''): AxisValues => ({
  ...values,
  tensorParallel: BUILT_IN_DEFAULTS.tensorParallel,
  pipelineParallel: BUILT_IN_DEFAULTS.pipelineParallel,
  shmGiB: BUILT_IN_DEFAULTS.shmGiB,
  engineArguments: ['--url', url],
});

const present = (defaults: MatrixDocument['defaults']): Values =>
  Object.fromEntries(Object.entries(defaults).filter(([, value]) => value !== undefined));

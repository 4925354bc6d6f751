import { MAX_CELLS_PER_DEPLOYMENT, MAX_DEPLOYMENTS } from '../plan/history.ts';
import { cellId, cellSeed, deploymentId } from '../plan/ids.ts';
import type { CapacityType } from '../ports/prices.ts';
import { type GpuInstanceFacts, gpuInstanceFacts } from '../pricing/gpu-instances.ts';
import { type Axis, type AxisValues, BUILT_IN_DEFAULTS, REQUIRED_AXES } from './axes.ts';
import { checkDeployment } from './deployment-checks.ts';
import type { Combination } from './expand.ts';
import { Findings } from './findings.ts';
import { loadCounts } from './load-point.ts';
import { knownWeightsGiB } from './models.ts';
import type { Origins } from './origin.ts';
import { type Problem, show } from './problems.ts';
import { type MatrixDocument, MOST_REQUESTS } from './schema.ts';
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

interface Draft {
  deployment: MatrixDeployment;
  capacityType: CapacityType;
  notes: Set<string>;
}

/** Groups combinations into deployments and cells, and finds what is wrong with them; one pass over the cells. */
export class Resolver {
  readonly #document: MatrixDocument;
  readonly #origins: Origins;
  readonly #broken: ReadonlySet<Axis>;
  readonly #defaults: Values;
  readonly #findings = new Findings();
  readonly #drafts = new Map<string, Draft>();
  readonly #deploymentIds = new Map<string, string>();
  readonly #cells = new Map<string, MatrixCell>();

  constructor(document: MatrixDocument, origins: Origins, broken: ReadonlySet<Axis>) {
    this.#document = document;
    this.#origins = origins;
    this.#broken = broken;
    const standIns = Object.fromEntries(Object.entries(STAND_INS).filter(([axis]) => broken.has(axis as Axis)));
    this.#defaults = { ...standIns, ...BUILT_IN_DEFAULTS, ...present(document.defaults) };
  }

  add(combination: Combination<unknown>): void {
    const values: Values = { ...this.#defaults, ...combination.values };
    if (!this.#isComplete(combination, values)) return;
    const draft = this.#draftOf(combination, values as AxisValues);
    if (draft === undefined) return;
    if (values.note !== undefined) draft.notes.add(values.note);
    this.#addCells(combination, values as AxisValues, draft.deployment);
  }

  result(): { deployments: MatrixDeployment[]; totalCells: number; problems: Problem[] } {
    const deployments = [...this.#drafts.values()].map(({ deployment, notes }) => ({
      ...deployment,
      note: [...notes].join('; '),
    }));
    return {
      deployments,
      totalCells: this.#cells.size,
      problems: [...this.#findings.problems(), ...this.#tooMany(deployments)],
    };
  }

  #isComplete(combination: Combination<unknown>, values: Values): boolean {
    let complete = true;
    for (const axis of REQUIRED_AXES) {
      if (values[axis] !== undefined) continue;
      complete = false;
      this.#missing(combination, axis, `"${axis}" in the matrix, in this entry, or in "defaults"`);
    }
    const { concurrency, requestRate } = values;
    if (concurrency === undefined && requestRate === undefined) {
      complete = false;
      if (!this.#broken.has('requestRate')) {
        this.#missing(combination, 'concurrency', '"concurrency", such as [10, 20, 40], or "requestRate"');
      }
    } else if (concurrency !== undefined && requestRate !== undefined) {
      complete = false;
      if (!this.#broken.has('concurrency')) {
        this.#findings.add({
          code: 'ambiguous-load',
          path: this.#origins.of(combination, 'requestRate'),
          value: requestRate,
          subject: '',
          message: () => 'a load has either a concurrency or a request rate, and this combination has both',
          instead: () => 'one of them; the other kind of load can come by "include"',
        });
      }
    }
    return complete;
  }

  #missing(combination: Combination<unknown>, axis: Axis, instead: string): void {
    this.#findings.add({
      code: 'missing',
      path: this.#origins.of(combination, axis),
      value: undefined,
      subject: '',
      message: () => `there is no ${axis}, and it has no default`,
      instead: () => instead,
    });
  }

  #draftOf(combination: Combination<unknown>, values: AxisValues): Draft | undefined {
    const { engine, engineArguments, instanceType, model, pipelineParallel, shmGiB, tensorParallel } = values;
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
      const draft = this.#newDraft(combination, values, key);
      this.#drafts.set(key, draft);
      return draft;
    }
    if (known.capacityType === values.capacityType) return known;
    this.#findings.add({
      code: 'capacity-type-twice',
      path: this.#origins.of(combination, 'capacityType'),
      value: values.capacityType,
      subject: instanceType,
      message: (types) =>
        `${types} would be measured twice as the same deployment: how a node is bought changes no result`,
      instead: () => `one capacity type, and "capacity": {"fallback": [${show(values.capacityType)}]}`,
    });
    return undefined;
  }

  #newDraft(combination: Combination<unknown>, values: AxisValues, key: string): Draft {
    const { model, instanceType, capacityType } = values;
    const id = deploymentId(values);
    const facts = gpuInstanceFacts(instanceType) as GpuInstanceFacts;
    const weightsGiB = this.#document.models[model]?.weightsGiB ?? knownWeightsGiB(model);
    const origin = (axis: Axis) => this.#origins.of(combination, axis);
    if (this.#deploymentIds.has(id)) this.#collision(origin('instanceType'), id);
    this.#deploymentIds.set(id, key);
    for (const finding of checkDeployment({ values, facts, weightsGiB, origin }, this.#broken)) {
      this.#findings.add(finding);
    }
    const deployment: MatrixDeployment = {
      id,
      instanceType,
      facts,
      capacityTypes: [...new Set([capacityType, ...this.#document.capacity.fallback])],
      engine: values.engine,
      model,
      weightsGiB,
      tensorParallel: values.tensorParallel,
      pipelineParallel: values.pipelineParallel,
      engineArguments: [...values.engineArguments],
      shmGiB: values.shmGiB,
      note: '',
      instanceTypePath: origin('instanceType'),
      cells: [],
    };
    return { deployment, capacityType, notes: new Set() };
  }

  #addCells(combination: Combination<unknown>, values: AxisValues, deployment: MatrixDeployment): void {
    const concurrency = values.concurrency ?? null;
    const requestRate = values.requestRate ?? null;
    const counts = loadCounts({ concurrency, requestRate }, this.#document.load);
    this.#checkCounts(combination, values, counts.requestCount);
    for (let repeat = 1; repeat <= this.#document.repeats; repeat++) {
      const point = {
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
      };
      const id = cellId(deployment.id, point);
      const timeoutSeconds = this.#document.load.maxCellSeconds;
      const cell: MatrixCell = { id, ...point, ...counts, seed: cellSeed(id), timeoutSeconds };
      const twin = this.#cells.get(id);
      if (twin === undefined) {
        this.#cells.set(id, cell);
        deployment.cells.push(cell);
      } else if (deployment.cells.includes(twin)) {
        this.#duplicate(combination);
      } else {
        this.#collision(this.#origins.ofCombination(combination), id);
      }
    }
  }

  #checkCounts(combination: Combination<unknown>, values: AxisValues, requestCount: number): void {
    const { concurrency } = values;
    if (concurrency !== undefined && requestCount < concurrency) {
      this.#findings.add({
        code: 'too-few-requests',
        path: 'load.requestCount',
        value: requestCount,
        subject: String(concurrency),
        message: (concurrencies) => `fewer requests than concurrency ${concurrencies} keeps in flight`,
        instead: (all) => `at least ${Math.max(...all.map(Number))}, or "requestsPerConcurrency"`,
      });
    }
    if (requestCount > MOST_REQUESTS) {
      const axis = concurrency === undefined ? 'requestRate' : 'concurrency';
      this.#findings.add({
        code: 'too-many-requests',
        path: this.#origins.of(combination, axis),
        value: values[axis],
        subject: String(requestCount),
        message: (requests) => `${requests} requests in one cell, more than ${MOST_REQUESTS}`,
        instead: () => 'a smaller value, or a smaller "requestsPerConcurrency" or "openLoadSeconds" in "load"',
      });
    }
  }

  #duplicate(combination: Combination<unknown>): void {
    this.#findings.add({
      code: 'duplicate-cell',
      path: this.#origins.ofCombination(combination),
      value: undefined,
      subject: '',
      message: () => 'asks for a cell that the matrix has already',
      instead: () => 'each cell once; "repeats" measures all cells several times',
    });
  }

  #collision(path: string, id: string): void {
    this.#findings.add({
      code: 'id-collision',
      path,
      value: undefined,
      subject: id,
      message: (ids) =>
        `two different parts of the matrix have the same id ${ids}, by a chance of one in many millions`,
      instead: () => 'any small change of one of them, such as another "shmGiB" or "islStddev"',
    });
  }

  #tooMany(deployments: readonly MatrixDeployment[]): Problem[] {
    const problems: Problem[] = [];
    const largest = deployments.reduce((most, { cells }) => Math.max(most, cells.length), 0);
    if (largest > MAX_CELLS_PER_DEPLOYMENT) {
      const { repeats } = this.#document;
      const byRepeats = repeats > 1 && largest / repeats <= MAX_CELLS_PER_DEPLOYMENT;
      problems.push({
        code: 'too-many-cells',
        path: byRepeats ? 'repeats' : 'matrix',
        value: byRepeats ? repeats : undefined,
        message: `${largest} cells on one deployment: the history of its execution holds ${MAX_CELLS_PER_DEPLOYMENT}`,
        instead: byRepeats
          ? `at most ${Math.floor((MAX_CELLS_PER_DEPLOYMENT * repeats) / largest)}`
          : 'fewer load points, or several matrices',
      });
    }
    if (deployments.length > MAX_DEPLOYMENTS) {
      problems.push({
        code: 'too-many-deployments',
        path: 'matrix',
        value: undefined,
        message: `${deployments.length} deployments, more than the ${MAX_DEPLOYMENTS} that one map can start`,
        instead: 'several matrices',
      });
    }
    return problems;
  }
}

const present = (defaults: MatrixDocument['defaults']): Values =>
  Object.fromEntries(Object.entries(defaults).filter(([, value]) => value !== undefined));

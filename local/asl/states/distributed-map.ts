import { uuidFrom } from '../jsonata/aws-functions.ts';
import { readErrorPolicy } from '../load/error-policy.ts';
import type { LoadState } from '../load/load-state.ts';
import type { NumberField } from '../load/number-field.ts';
import { type Block, runBlock } from '../run/block.ts';
import type { ChildExecution, MapItem } from '../run/branch.ts';
import { type ErrorPolicy, runWithPolicy } from '../run/error-policy.ts';
import type { ExecutionResult } from '../run/execution-result.ts';
import { StateFailure, StatesError } from '../run/failure.ts';
import { HistoryFull } from '../run/history.ts';
import { refuseTooLarge } from '../run/payload.ts';
import { runPool } from '../run/pool.ts';
import type { Exit, Outcome, Step } from '../run/step.ts';
import { ItemReader } from './item-reader.ts';
import { MapItems } from './map-items.ts';
import { Tolerance } from './tolerance.ts';

/** A Map Run has at most 10,000 child executions at once. */
const maxDistributedConcurrency = 10_000;

interface Fields {
  items: MapItems;
  itemReader: ItemReader | undefined;
  maxConcurrency: NumberField | undefined;
  toleratedPercentage: NumberField | undefined;
  toleratedCount: NumberField | undefined;
  label: string;
  processor: Block;
  policy: ErrorPolicy;
  exit: Exit;
}

/** Runs each item as an execution of its own, with its own history and without the variables of this one. */
class DistributedMap {
  readonly type = 'Map';
  readonly name: string;
  readonly #fields: Fields;

  constructor(name: string, fields: Fields) {
    this.name = name;
    this.#fields = fields;
  }

  run(step: Step): Outcome | Promise<Outcome> {
    return runWithPolicy(
      step,
      this.#fields.policy,
      () => this.#attempt(step),
      () => step.branch.emit('MapStateFailed'),
    );
  }

  async #attempt(step: Step): Promise<Outcome> {
    const { branch } = step;
    const { items, itemReader, label, exit } = this.#fields;
    const scope = step.scope();
    const limit = (await this.#fields.maxConcurrency?.evaluate(scope)) || maxDistributedConcurrency;
    const tolerance = new Tolerance(
      await this.#fields.toleratedPercentage?.evaluate(scope),
      await this.#fields.toleratedCount?.evaluate(scope),
    );
    const given = itemReader === undefined ? await items.list(step) : undefined;
    // What a reader will find is not known yet; AWS records 0.
    branch.emit('MapStateStarted', { length: given?.length ?? 0 });
    const mapRun = branch.execution.arnBeside('mapRun', label, uuidFrom(branch.execution.services.random));
    branch.emit('MapRunStarted', { mapRunArn: mapRun });
    const result = await this.#runChildren(step, given, limit, tolerance);
    branch.emit('MapRunSucceeded');
    refuseTooLarge(result, this.name);
    branch.record('MapStateSucceeded', branch.lastEventId);
    return step.leave(exit, step.scope({ result }), result);
  }

  async #runChildren(
    step: Step,
    given: unknown[] | undefined,
    limit: number,
    tolerance: Tolerance,
  ): Promise<unknown[]> {
    const { branch } = step;
    const running = new Set<ChildExecution>();
    try {
      const items = given ?? (await this.#fields.itemReader!.read(step));
      branch.checkAborted();
      const open = (index: number) => ({
        run: () => this.#runChild(step, running, { Index: index, Value: items[index] }, tolerance, items.length),
        succeeded: () => {},
        failed: () => {},
      });
      return await runPool(items.length, Math.min(limit, maxDistributedConcurrency), open, () =>
        branch.execution.services.pause(),
      );
    } catch (error) {
      for (const child of running) child.stop();
      if (!(error instanceof StateFailure) || error instanceof HistoryFull) throw error;
      const failure = step.recordFailure(error);
      branch.emit('MapRunFailed', { error: failure.error, cause: failure.failureCause });
      throw failure;
    }
  }

  #runChild(step: Step, running: Set<ChildExecution>, mapItem: MapItem, tolerance: Tolerance, count: number): unknown {
    const { branch } = step;
    const finish = (child: ChildExecution, result: ExecutionResult): unknown => {
      branch.detach(child);
      running.delete(child);
      branch.checkAborted();
      if (result.status === 'SUCCEEDED') return result.output;
      if (tolerance.isExceededBy(1, count)) {
        throw new StateFailure(
          StatesError.ExceedToleratedFailureThreshold,
          'The specified tolerated failure threshold was exceeded',
        );
      }
      return failedResult(child, result);
    };
    const start = (input: unknown): unknown => {
      const child = branch.execution.makeChild(this.#fields.label, input);
      branch.attach(child);
      running.add(child);
      const result = child.run((root) => runBlock(this.#fields.processor, root, input));
      return result instanceof Promise ? result.then((settled) => finish(child, settled)) : finish(child, result);
    };
    const input = this.#fields.items.inputOf(step, mapItem);
    return input instanceof Promise ? input.then(start) : start(input);
  }
}

/** A failed child stands in the results as its execution, whose input is a JSON text. */
const failedResult = (child: ChildExecution, result: ExecutionResult) => ({
  ExecutionArn: child.arn,
  Name: child.name,
  StateMachineArn: child.contextOfMachine.Id,
  Status: result.status,
  StartDate: new Date(result.startedAtMs).toISOString(),
  StopDate: new Date(result.stoppedAtMs).toISOString(),
  Input: JSON.stringify(child.input),
  InputDetails: { Included: true },
  ...(result.error === undefined ? {} : { Error: result.error }),
  ...(result.cause === undefined ? {} : { Cause: result.cause }),
});

const longestLabel = 40;

export const loadDistributedMap: LoadState = (name, reader, loadBlock) => {
  const processor = reader.inner('ItemProcessor', reader.names.separate());
  const config = processor.inner('ProcessorConfig');
  config.choice('Mode', ['DISTRIBUTED']);
  config.required('ExecutionType');
  config.choice('ExecutionType', ['STANDARD']);
  config.refuseOthers();
  const block = loadBlock(processor);
  processor.refuseOthers();
  const itemReader = reader.has('ItemReader') ? reader.inner('ItemReader') : undefined;
  const label = reader.string('Label');
  if (label !== undefined && (label.length > longestLabel || /[\s?*<>{}[\]:;,\\|^~$#%&`"]/.test(label))) {
    reader.report('Label', `at most ${longestLabel} characters, without spaces, wildcards, brackets or special ones`);
  }
  const fields: Fields = {
    items: new MapItems(reader),
    itemReader: itemReader === undefined ? undefined : new ItemReader(itemReader),
    maxConcurrency: reader.numberField('MaxConcurrency', { min: 0, max: 99_999_999, integer: true }),
    toleratedPercentage: reader.numberField('ToleratedFailurePercentage', { min: 0, max: 100, integer: false }),
    toleratedCount: reader.numberField('ToleratedFailureCount', { min: 0, max: 99_999_999, integer: true }),
    label: label ?? name.replaceAll(/[^\w-]/g, '').slice(0, longestLabel),
    processor: block,
    policy: readErrorPolicy(reader),
    exit: reader.exit(reader.transition()),
  };
  itemReader?.refuseOthers();
  if (itemReader !== undefined && reader.has('Items')) reader.report('Items', 'stands beside ItemReader: one of them');
  return new DistributedMap(name, fields);
};

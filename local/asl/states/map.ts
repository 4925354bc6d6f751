import { readErrorPolicy } from '../load/error-policy.ts';
import type { LoadState } from '../load/load-state.ts';
import type { NumberField } from '../load/number-field.ts';
import { type Block, runBlock } from '../run/block.ts';
import type { Branch, MapItem } from '../run/branch.ts';
import { type ErrorPolicy, runWithPolicy } from '../run/error-policy.ts';
import { refuseTooLarge } from '../run/payload.ts';
import { runPool } from '../run/pool.ts';
import type { Exit, Outcome, Step } from '../run/step.ts';
import { loadDistributedMap } from './distributed-map.ts';
import { Forks } from './forks.ts';
import { MapItems } from './map-items.ts';

/** An inline Map runs at most 40 iterations at once, whatever it asks for. */
const maxInlineConcurrency = 40;

interface Fields {
  items: MapItems;
  maxConcurrency: NumberField | undefined;
  processor: Block;
  policy: ErrorPolicy;
  exit: Exit;
}

/** Runs its iterations inside the execution. */
class InlineMap {
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
    const limit = (await this.#fields.maxConcurrency?.evaluate(step.scope())) || maxInlineConcurrency;
    const items = await this.#fields.items.list(step);
    branch.emit('MapStateStarted', { length: items.length });
    const result = await this.#iterate(step, items, Math.min(limit, maxInlineConcurrency));
    refuseTooLarge(result, this.name);
    branch.record('MapStateSucceeded', branch.lastEventId);
    return step.leave(this.#fields.exit, step.scope({ result }), result);
  }

  #iterate(step: Step, items: unknown[], limit: number): unknown[] | Promise<unknown[]> {
    const { branch } = step;
    const record = (type: string, index: number, previousId: number) =>
      branch.record(type, previousId, { index, name: this.name });
    const forks = new Forks(branch, {
      failed: (index, lastEventId) => record('MapIterationFailed', index, lastEventId),
      aborted: (index, lastEventId) => record('MapIterationAborted', index, lastEventId),
    });
    let succeeded = 0;
    const open = (index: number) => {
      const mapItem = { Index: index, Value: items[index] };
      const fork = forks.open(index, mapItem);
      fork.emit('MapIterationStarted', { index, name: this.name });
      return {
        run: () => this.#runIteration(step, fork, mapItem),
        succeeded: () => {
          forks.succeeded(index);
          const eventId = record('MapIterationSucceeded', index, branch.lastEventId);
          // AWS chains the next iteration to the last state of this one, but the Map's end to this event.
          if (++succeeded === items.length) branch.lastEventId = eventId;
        },
        failed: (error: unknown) => forks.failed(index, error),
      };
    };
    return runPool(items.length, limit, open, () => branch.execution.services.pause());
  }

  #runIteration(step: Step, fork: Branch, mapItem: MapItem): unknown {
    const input = this.#fields.items.inputOf(step, mapItem);
    const { processor } = this.#fields;
    return input instanceof Promise
      ? input.then((settled) => runBlock(processor, fork, settled))
      : runBlock(processor, fork, input);
  }
}

export const loadMap: LoadState = (name, reader, loadBlock) => {
  const { ProcessorConfig: config } = (reader.raw('ItemProcessor') ?? {}) as { ProcessorConfig?: { Mode?: unknown } };
  if (config?.Mode === 'DISTRIBUTED') return loadDistributedMap(name, reader, loadBlock);
  reader.required('ItemProcessor');
  const processor = reader.inner('ItemProcessor', reader.names.inner());
  if (processor.has('ProcessorConfig')) {
    const processorConfig = processor.inner('ProcessorConfig');
    processorConfig.choice('Mode', ['INLINE']);
    processorConfig.refuseOthers();
  }
  const block = loadBlock(processor);
  processor.refuseOthers();
  return new InlineMap(name, {
    items: new MapItems(reader),
    maxConcurrency: reader.numberField('MaxConcurrency', { min: 0, max: 99_999_999, integer: true }),
    processor: block,
    policy: readErrorPolicy(reader),
    exit: reader.exit(reader.transition()),
  });
};

import type { Template } from '../jsonata/template.ts';
import { readErrorPolicy } from '../load/error-policy.ts';
import type { LoadState } from '../load/load-state.ts';
import { type Block, runBlock } from '../run/block.ts';
import { type ErrorPolicy, runWithPolicy } from '../run/error-policy.ts';
import { refuseTooLarge } from '../run/payload.ts';
import { runPool } from '../run/pool.ts';
import type { Exit, Outcome, Step } from '../run/step.ts';
import { Forks } from './forks.ts';

class Parallel {
  readonly type = 'Parallel';
  readonly name: string;
  readonly #branches: Block[];
  readonly #argumentsTemplate: Template | undefined;
  readonly #policy: ErrorPolicy;
  readonly #exit: Exit;

  constructor(
    name: string,
    branches: Block[],
    argumentsTemplate: Template | undefined,
    policy: ErrorPolicy,
    exit: Exit,
  ) {
    this.name = name;
    this.#branches = branches;
    this.#argumentsTemplate = argumentsTemplate;
    this.#policy = policy;
    this.#exit = exit;
  }

  run(step: Step): Outcome | Promise<Outcome> {
    return runWithPolicy(
      step,
      this.#policy,
      () => this.#attempt(step),
      () => step.branch.emit('ParallelStateFailed'),
    );
  }

  async #attempt(step: Step): Promise<Outcome> {
    const { branch } = step;
    const input =
      this.#argumentsTemplate === undefined ? step.input : await this.#argumentsTemplate.evaluate(step.scope());
    if (input !== step.input) refuseTooLarge(input, this.name);
    branch.emit('ParallelStateStarted');
    const forks = new Forks(branch, { failed: () => {}, aborted: () => {} });
    const count = this.#branches.length;
    const open = (index: number) => {
      const fork = forks.open(index);
      return {
        run: () => runBlock(this.#branches[index]!, fork, input),
        succeeded: () => forks.succeeded(index),
        failed: (error: unknown) => forks.failed(index, error),
      };
    };
    const result = await runPool(count, count, open, () => branch.execution.services.pause());
    refuseTooLarge(result, this.name);
    branch.record('ParallelStateSucceeded', branch.lastEventId);
    return step.leave(this.#exit, step.scope({ result }), result);
  }
}

export const loadParallel: LoadState = (name, reader, loadBlock) => {
  const branches = reader
    .list('Branches', () => reader.names.inner())
    .map((branch) => {
      const block = loadBlock(branch);
      branch.refuseOthers();
      return block;
    });
  if (branches.length === 0) reader.report('Branches', 'needs at least one branch');
  return new Parallel(
    name,
    branches,
    reader.template('Arguments'),
    readErrorPolicy(reader),
    reader.exit(reader.transition()),
  );
};

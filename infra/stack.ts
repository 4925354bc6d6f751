import { Fn, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { StepBenchProps } from './props.ts';
import { StepBench } from './step-bench.ts';

/** StepBench in a stack of its own. */
export class StepBenchStack extends Stack {
  readonly stepBench: StepBench;

  constructor(scope: Construct, id: string, props: StackProps & StepBenchProps = {}) {
    super(scope, id, { description: 'StepBench: benchmarks of GPU instances for LLM serving', ...props });
    this.stepBench = new StepBench(this, 'StepBench', props);
  }

  /** Of whichever account and region it is deployed to: nothing is looked up when it is synthesized. */
  override get availabilityZones(): string[] {
    return [0, 1, 2].map((index) => Fn.select(index, Fn.getAzs()));
  }
}

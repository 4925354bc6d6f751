import { Choice, Condition, type IChainable, Wait, WaitTime } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';

export interface PollProps {
  /** JSONata that holds while there is something to wait for. */
  whilePending: string;
  /** JSONata: seconds between two calls. */
  seconds: string;
  done: IChainable;
}

/** Task, Choice, Wait and back: 9 events a turn. Returns the Choice, for further branches. */
export function poll(
  scope: Construct,
  task: { id: string; next(next: IChainable): unknown },
  props: PollProps,
): Choice {
  const wait = Wait.jsonata(scope, `WaitFor${task.id}`, { time: WaitTime.seconds(props.seconds), outputs: {} });
  const choice = Choice.jsonata(scope, `After${task.id}`, { outputs: {} });
  task.next(choice);
  wait.next(task as unknown as IChainable);
  return choice.when(Condition.jsonata(props.whilePending), wait).otherwise(props.done);
}

import { Choice, Condition, type IChainable, Wait, WaitTime } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';

export interface PollProps {
  /** JSONata that holds while there is something to wait for, without its `{% %}`. */
  whilePending: string;
  /** JSONata: seconds between two calls. */
  seconds: string;
  done: IChainable;
  /** Waits this often at most, counted in the variable; an endless wait would end in a full history instead. */
  atMost?: { counter: string; waits: number; giveUp: IChainable; assign: Record<string, unknown> };
}

/** Task, Choice, Wait and back: 9 events a turn. Returns the Choice, for further branches. */
export function poll(
  scope: Construct,
  task: { id: string; next(next: IChainable): unknown },
  { whilePending, seconds, done, atMost }: PollProps,
): Choice {
  const wait = Wait.jsonata(scope, `WaitFor${task.id}`, {
    time: WaitTime.seconds(seconds),
    outputs: {},
    ...(atMost && { assign: { [atMost.counter]: `{% $${atMost.counter} + 1 %}` } }),
  });
  const choice = Choice.jsonata(scope, `After${task.id}`, { outputs: {} });
  task.next(choice);
  wait.next(task as unknown as IChainable);
  if (atMost === undefined) choice.when(Condition.jsonata(`{% ${whilePending} %}`), wait);
  else {
    choice.when(Condition.jsonata(`{% ${whilePending} and $${atMost.counter} < ${atMost.waits} %}`), wait);
    choice.when(Condition.jsonata(`{% ${whilePending} %}`), atMost.giveUp, { assign: atMost.assign });
  }
  return choice.otherwise(done);
}

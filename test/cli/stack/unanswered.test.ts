import { describe, expect, it } from 'vitest';
import { Unanswered } from '#cli/stack/unanswered.ts';
import type { ExecutionEvent, HistoryEvent } from '#core/progress/execution-event.ts';

const REQUEST = '3f2504e0-4f89-41d3-9a0c-0305e82c3301';
const TIMED_OUT = {
  error: 'Sandbox.Timedout',
  cause: JSON.stringify({ errorMessage: `RequestId: ${REQUEST} Error: Task timed out after 60.00 seconds` }),
};
const CHECK_JOB = 'arn:aws:lambda:us-east-1:111122223333:function:bench-CheckJob-1a2b:7';

let id = 0;
const at = (execution: string, event: Partial<HistoryEvent> & { type: string }): ExecutionEvent => {
  id += 1;
  return { execution, event: { id, previousEventId: id - 1, timestamp: '2026-11-24T12:00:00.000Z', ...event } };
};
const lambda = { resource: 'invoke', resourceType: 'lambda' };
const enter = (name: string, of = 'child') => at(of, { type: 'TaskStateEntered', stateEnteredEventDetails: { name } });
const call = (name = CHECK_JOB, of = 'child') =>
  at(of, {
    type: 'TaskScheduled',
    taskScheduledEventDetails: { ...lambda, parameters: JSON.stringify({ FunctionName: name, Payload: {} }) },
  });
const fail = (how: { error: string; cause?: string } = TIMED_OUT, of = 'child') =>
  at(of, { type: 'TaskFailed', taskFailedEventDetails: { ...lambda, ...how } });
const answer = (of = 'child') => at(of, { type: 'TaskSucceeded', taskSucceededEventDetails: { ...lambda } });

function told(...events: ExecutionEvent[]): string[] {
  // One look after the other, as histories are read.
  const unanswered = new Unanswered();
  for (const event of events) unanswered.add([event]);
  return unanswered.lines('us-east-1');
}

describe('a function that ended without an answer', () => {
  it('is told with the command that reads what that call of it logged', () => {
    expect(told(enter('CheckJob'), call(), fail(), enter('RecordCellFailure'))).toEqual([
      `CheckJob had no answer of its function (Sandbox.Timedout). What it logged: aws logs tail $(aws lambda get-function-configuration --region us-east-1 --function-name ${CHECK_JOB} --query LoggingConfig.LogGroup --output text) --region us-east-1 --since 2026-11-24T12:00:00.000Z --filter-pattern '"${REQUEST}"'`,
    ]);
  });

  it('is told where it is the last that an execution did, and where Step Functions ended the wait', () => {
    expect(told(enter('CheckJob'), call(), fail())).toHaveLength(1);
    const timedOut = at('child', {
      type: 'TaskTimedOut',
      taskTimedOutEventDetails: { ...lambda, error: 'States.Timeout' },
    });
    const [line] = told(enter('CheckJob'), call(), timedOut, enter('RecordCellFailure'));
    expect(line).toContain('(States.Timeout)');
    expect(line).not.toContain('--filter-pattern');
  });

  it('is told once, of its first call, however many cells it happened to', () => {
    const twice = [enter('CheckJob'), call(), fail(), enter('CheckJob'), call(), fail({ error: 'Runtime.ExitError' })];
    expect(told(...twice)).toEqual([expect.stringContaining('(Sandbox.Timedout)')]);
    const other = [enter('Notify', 'run'), call('arn:notify', 'run'), fail(TIMED_OUT, 'run')];
    expect(told(...twice, ...other)).toHaveLength(2);
  });

  it('is not told where a retry was answered, of another execution’s call, or where the error says why', () => {
    expect(told(enter('CheckJob'), call(), fail(), call(), answer(), enter('RecordResult'))).toEqual([]);
    expect(told(enter('CheckJob'), call(), fail({ error: 'EngineFailed', cause: 'out of memory' }))).toEqual([]);
    // An answer in one execution is none in another.
    const apart = [enter('CheckJob', 'a'), call(CHECK_JOB, 'a'), fail(TIMED_OUT, 'a'), answer('b'), enter('x', 'b')];
    expect(told(...apart)).toHaveLength(1);
  });
});

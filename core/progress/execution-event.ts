/**
 * One event of an execution's history, in the shape of AWS's GetExecutionHistory, with the execution that
 * it belongs to: locally it arrives as it happens, from AWS it is read page by page. Both feed the reducer.
 */
export interface HistoryEvent {
  id: number;
  previousEventId: number;
  /** ISO time. */
  timestamp: string;
  type: string;
  executionStartedEventDetails?: { input?: string; roleArn?: string };
  executionSucceededEventDetails?: { output?: string };
  executionFailedEventDetails?: { error?: string; cause?: string };
  executionAbortedEventDetails?: { error?: string; cause?: string };
  executionTimedOutEventDetails?: { error?: string; cause?: string };
  stateEnteredEventDetails?: { name: string; input?: string };
  stateExitedEventDetails?: { name: string; output?: string; assignedVariables?: Record<string, string> };
  taskScheduledEventDetails?: { resource: string; resourceType: string; parameters: string };
  taskSucceededEventDetails?: { resource: string; resourceType: string; output?: string };
  taskFailedEventDetails?: { resource: string; resourceType: string; error?: string; cause?: string };
  taskTimedOutEventDetails?: { resource: string; resourceType: string; error?: string; cause?: string };
  mapStateStartedEventDetails?: { length: number };
  mapIterationStartedEventDetails?: { name: string; index: number };
  mapRunStartedEventDetails?: { mapRunArn: string };
}

export interface ExecutionEvent {
  /** ARN of the execution whose history holds the event. */
  execution: string;
  /** ARN of the execution that the Distributed Map belongs to; absent in the run's own execution. */
  parent?: string;
  event: HistoryEvent;
}

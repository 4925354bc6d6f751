/** Events in the shape of GetExecutionHistory: payloads are JSON texts, times ISO texts. */
export interface HistoryEvent {
  id: number;
  previousEventId: number;
  timestamp: string;
  type: string;
  stateEnteredEventDetails?: { name: string; input: string; inputDetails: Truncation };
  stateExitedEventDetails?: {
    name: string;
    output: string;
    outputDetails: Truncation;
    assignedVariables?: Record<string, string>;
    assignedVariablesDetails?: Truncation;
  };
  /** `taskScheduledEventDetails`, `executionFailedEventDetails` and so on. */
  [details: `${string}EventDetails`]: Record<string, unknown> | undefined;
}

interface Truncation {
  truncated: false;
}

/** Whose event it is. A child of a Distributed Map names the execution that started it. */
export interface EventSource {
  executionArn: string;
  parentArn: string | undefined;
}

export type EventListener = (event: HistoryEvent, source: EventSource) => void;

/** What happened, before it is written out: payloads are values, shared with the execution. */
export interface RawEvent {
  id: number;
  previousEventId: number;
  timestampMs: number;
  type: string;
  details: Record<string, unknown> | undefined;
}

/** PassStateEntered and its like share one kind of details; otherwise it is named after the type. */
const detailsKey = (type: string): `${string}EventDetails` => {
  if (type.endsWith('StateEntered')) return 'stateEnteredEventDetails';
  if (type.endsWith('StateExited')) return 'stateExitedEventDetails';
  return `${type.charAt(0).toLowerCase()}${type.slice(1)}EventDetails`;
};

const whole: Truncation = { truncated: false };

const written = (details: Record<string, unknown>): Record<string, unknown> => {
  const result: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(details)) {
    if (value === undefined) continue;
    if (key === 'input' || key === 'output') {
      result[key] = JSON.stringify(value);
      result[`${key}Details`] = whole;
    } else if (key === 'parameters') {
      result[key] = JSON.stringify(value);
    } else if (key === 'assignedVariables') {
      const variables = Object.entries(value as object).map(([name, assigned]) => [name, JSON.stringify(assigned)]);
      result[key] = Object.fromEntries(variables);
      result.assignedVariablesDetails = whole;
    } else {
      result[key] = value;
    }
  }
  return result;
};

export const writeEvent = (raw: RawEvent): HistoryEvent => ({
  id: raw.id,
  previousEventId: raw.previousEventId,
  timestamp: new Date(raw.timestampMs).toISOString(),
  type: raw.type,
  ...(raw.details === undefined ? {} : { [detailsKey(raw.type)]: written(raw.details) }),
});

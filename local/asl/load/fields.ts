/** Why a field that exists in the States Language is refused. */
const refused: Record<string, string> = {
  HeartbeatSeconds: 'heartbeats are not supported: a task here reports nothing before its end',
  ItemBatcher: 'batching is not supported',
  ResultWriter: 'writing results of a Distributed Map is not supported: let the children write them',
  Iterator: 'Iterator is the old name of ItemProcessor',
  Version: 'only "1.0" is known',
};

/** Fields of states that speak JSONPath, with what stands in their place. */
const jsonPath: Record<string, string> = {
  InputPath: 'Arguments, or $states.input where it is used',
  OutputPath: 'Output',
  ResultPath: 'Output or Assign',
  Parameters: 'Arguments',
  ResultSelector: 'Output',
  Result: 'Output',
  ItemsPath: 'Items',
  SecondsPath: 'Seconds',
  TimestampPath: 'Timestamp',
  TimeoutSecondsPath: 'TimeoutSeconds',
  HeartbeatSecondsPath: 'TimeoutSeconds',
  ErrorPath: 'Error',
  CausePath: 'Cause',
  MaxConcurrencyPath: 'MaxConcurrency',
  ToleratedFailurePercentagePath: 'ToleratedFailurePercentage',
  ToleratedFailureCountPath: 'ToleratedFailureCount',
  MaxItemsPath: 'MaxItems',
  Variable: 'Condition',
  And: 'Condition',
  Or: 'Condition',
  Not: 'Condition',
};

/** `StringEquals`, `NumericLessThanPath`, `IsPresent`: comparisons of a JSONPath Choice. */
const isComparison = (field: string): boolean =>
  /^(String|Numeric|Boolean|Timestamp)(Equals|LessThan|GreaterThan|Matches)/.test(field) || /^Is[A-Z]/.test(field);

export const whyRefused = (field: string): string => {
  const instead = isComparison(field) ? 'Condition' : jsonPath[field];
  if (instead !== undefined) return `${field} belongs to JSONPath, which is not supported: use ${instead}`;
  return refused[field] ?? `unknown field ${field}`;
};

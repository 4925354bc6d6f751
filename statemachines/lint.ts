/**
 * What must hold of the rendered machine, whatever a construct does: every path exists, every Task can
 * fail safely, every end says how it ended. Findings name the state.
 */
export interface Finding {
  state: string;
  message: string;
}

export interface AslState {
  Type: string;
  Next?: string;
  Default?: string;
  End?: boolean;
  Output?: unknown;
  Assign?: Record<string, unknown>;
  Arguments?: { FunctionName?: string; Payload?: Record<string, unknown> };
  Retry?: { ErrorEquals: string[]; MaxAttempts?: number }[];
  Catch?: { ErrorEquals: string[]; Next: string; Assign?: Record<string, unknown> }[];
  Choices?: { Next: string; Condition: string; Assign?: Record<string, unknown> }[];
  TimeoutSeconds?: number;
  Resource?: string;
  ItemProcessor?: AslMachine & { ProcessorConfig?: { Mode?: string } };
}

export interface AslMachine {
  StartAt: string;
  States: Record<string, AslState>;
}

/** Which variables and which result fields an expression may name. */
export interface Vocabulary {
  /** Names of variables; with the names of an object variable's own fields. */
  variables: Record<string, readonly string[]>;
  /** Per task, the top-level keys of what it returns. */
  results: Record<string, readonly string[]>;
}

export function lint(machine: AslMachine, vocabulary: Vocabulary): Finding[] {
  return [...lintScope(machine, vocabulary, new Set())];
}

function* lintScope(machine: AslMachine, vocabulary: Vocabulary, outer: ReadonlySet<string>): Generator<Finding> {
  const assigned = new Set(outer);
  for (const state of Object.values(machine.States)) {
    for (const assign of assignments(state)) for (const name of Object.keys(assign)) assigned.add(name);
  }
  for (const [name, state] of Object.entries(machine.States)) {
    const say = (message: string): Finding => ({ state: name, message });
    for (const target of targets(state)) {
      if (machine.States[target] === undefined) yield say(`goes to ${target}, which is not there`);
    }
    yield* lintExpressions(state, vocabulary, assigned, say);
    if (state.Type === 'Task') yield* lintTask(state, say);
    if (state.End === true || state.Type === 'Succeed') {
      if (!hasStatus(state.Output)) yield say('ends without a status in its Output');
    }
    if (state.ItemProcessor !== undefined) {
      const distributed = state.ItemProcessor.ProcessorConfig?.Mode === 'DISTRIBUTED';
      yield* lintScope(state.ItemProcessor, vocabulary, distributed ? new Set() : assigned);
    }
  }
}

function* lintTask(state: AslState, say: (message: string) => Finding): Generator<Finding> {
  if (state.TimeoutSeconds === undefined) yield say('has no TimeoutSeconds');
  if (!state.Resource?.endsWith(':states:::lambda:invoke')) yield say(`uses ${state.Resource}, not lambda:invoke`);
  if (!state.Retry?.some((one) => one.ErrorEquals.includes('States.ALL') && one.MaxAttempts !== 0)) {
    yield say('has no Retry of States.ALL');
  }
  if (state.Retry?.slice(0, -1).some((one) => one.ErrorEquals.includes('States.ALL'))) {
    yield say('has a Retry after States.ALL, which must be the last');
  }
  if (!state.Catch?.some((one) => one.ErrorEquals.includes('States.ALL'))) yield say('has no Catch of States.ALL');
}

const EXPRESSION = /^\{%([\s\S]*)%\}$/;
const VARIABLE = /\$(?!states\b)([A-Za-z_]\w*)(?!\w*\s*\()(?:\.([A-Za-z_]\w*))?/g;
const RESULT = /\$states\.result\.Payload\.(\w+)/g;
const STATES = /\$states\.(\w+)/g;

function* lintExpressions(
  state: AslState,
  vocabulary: Vocabulary,
  assigned: ReadonlySet<string>,
  say: (message: string) => Finding,
): Generator<Finding> {
  const { ItemProcessor, ...own } = state;
  const task = /^\$\{(\w+)\}$/.exec(state.Arguments?.FunctionName ?? '')?.[1];
  for (const text of strings(own)) {
    const expression = EXPRESSION.exec(text)?.[1]?.replace(/'[^']*'/g, "''");
    if (expression === undefined) continue;
    for (const [, variable = '', field] of expression.matchAll(VARIABLE)) {
      if (!assigned.has(variable)) yield say(`reads $${variable}, which no state of its scope assigns`);
      const fields = vocabulary.variables[variable];
      if (fields === undefined) yield say(`reads $${variable}, which the payload type does not have`);
      else if (field !== undefined && !fields.includes(field))
        yield say(`reads $${variable}.${field}, which is not there`);
    }
    for (const [, field = ''] of expression.matchAll(RESULT)) {
      if (task === undefined || !vocabulary.results[task]?.includes(field)) {
        yield say(`reads ${field} of the result of ${task ?? 'no task'}, which is not there`);
      }
    }
    for (const [, part = ''] of expression.matchAll(STATES)) {
      if (!['input', 'result', 'errorOutput', 'context'].includes(part)) yield say(`reads $states.${part}`);
    }
  }
}

function* strings(value: unknown): Generator<string> {
  if (typeof value === 'string') yield value;
  else if (typeof value === 'object' && value !== null) for (const inner of Object.values(value)) yield* strings(inner);
}

export const targets = (state: AslState): string[] => [
  ...[state.Next, state.Default].filter((one) => one !== undefined),
  ...(state.Choices ?? []).map((one) => one.Next),
  ...(state.Catch ?? []).map((one) => one.Next),
];

const assignments = (state: AslState): Record<string, unknown>[] =>
  [
    state.Assign,
    ...(state.Choices ?? []).map((one) => one.Assign),
    ...(state.Catch ?? []).map((one) => one.Assign),
  ].filter((one) => one !== undefined);

const hasStatus = (output: unknown): boolean =>
  typeof output === 'object' && output !== null && Object.hasOwn(output, 'status');

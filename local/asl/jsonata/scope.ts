/** What an expression can see; one per evaluation. */
export interface Scope {
  /** `$states.input`, and so on. Undefined where AWS does not provide it. */
  readonly input: unknown;
  readonly result: unknown;
  readonly errorOutput: unknown;
  /** `$states.context`, made when it is first asked for. */
  readonly context: unknown;
  /** A workflow variable; undefined when no state assigned it. */
  variable(name: string): unknown;
  /** All variables in reach, the innermost first to win. */
  variables(): Record<string, unknown>;
  /** `$uuid` and the like, bound to the execution's clock and random source. */
  readonly functions: Readonly<Record<string, JsonataFunction>>;
}

export type JsonataFunction = (...args: unknown[]) => unknown;

export const statesOf = (scope: Scope): Record<string, unknown> => {
  const states: Record<string, unknown> = { input: scope.input, context: scope.context };
  if (scope.result !== undefined) states.result = scope.result;
  if (scope.errorOutput !== undefined) states.errorOutput = scope.errorOutput;
  return states;
};

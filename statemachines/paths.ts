import type { TaskName, TaskOutput } from '#core/workflow/task-signatures.ts';

/**
 * Paths of the state machine as typed values: `run.cluster.name` compiles only when the payload type has
 * it, and reads `$cluster.name` in an expression.
 */
declare const value: unique symbol;

export type Path<T> = { readonly [value]: T } & (T extends readonly unknown[]
  ? unknown
  : T extends object
    ? { readonly [K in keyof T]-?: Path<T[K]> }
    : unknown);

function root<T>(prefix: (key: string) => string, self: string): Path<T> {
  return new Proxy(
    {},
    {
      get: (_target, key) => {
        if (key === Symbol.toPrimitive || key === 'toString') return () => self;
        if (typeof key === 'symbol') return undefined;
        const text = prefix(key);
        return root((next) => `${text}.${next}`, text);
      },
    },
  ) as Path<T>;
}

/** The variables of a scope: `variables<RunScope>().run` is `$run`. */
export const variables = <Scope extends object>(): { readonly [K in keyof Scope]-?: Path<Scope[K]> } =>
  root<Scope>((key) => `$${key}`, '$') as never;

/** What a task returned, inside its own state: `result<'CheckModel'>().status`. */
export const result = <N extends TaskName>(): Path<TaskOutput<N>> =>
  root((key) => `$states.result.Payload.${key}`, '$states.result.Payload');

/** The input of the state. */
export const input = <T extends object>(): Path<T> => root((key) => `$states.input.${key}`, '$states.input');

/** A JSONata expression over paths, as a field of the ASL: jsonata`${run.status} = 'FAILED'`. */
export const jsonata = (text: TemplateStringsArray, ...paths: readonly (Path<unknown> | string)[]): string =>
  `{% ${String.raw({ raw: text }, ...paths.map(String))} %}`;

export const read = (path: Path<unknown>): string => jsonata`${path}`;

import type { Scope } from '../scope.ts';

/**
 * An expression turned into a closure that answers at once, where the library's evaluator always makes promises.
 * `context` is what `$` and bare names refer to. It gives the library's result, or throws.
 */
export type Evaluator = (context: unknown, scope: Scope) => unknown;

/** At load: this form is left to the library. */
export class NotDirect extends Error {}

/**
 * At run time: the library has to decide, usually because it would raise an error; its evaluation is then
 * repeated in full, so that the error is the library's own.
 */
class AskLibrary extends Error {}

/** One instance: making a stack trace costs more than the evaluation. */
const askLibrary = new AskLibrary('left to the library');

export const leaveToLibrary = (): never => {
  throw askLibrary;
};

import { awsFunctionNames } from '../aws-functions.ts';
import { builtins } from '../builtins.ts';
import { collapse, createSequence } from '../sequence.ts';
import { type Evaluator, leaveToLibrary, NotDirect } from './evaluator.ts';

/** The call of one of JSONata's functions that answer at once, or of one of AWS's. */
export const call = (name: string, parameters: Evaluator[]): Evaluator => {
  if (awsFunctionNames.has(name)) {
    return (context, scope) => {
      if (scope.variable(name) !== undefined) return leaveToLibrary();
      return scope.functions[name]!(...parameters.map((parameter) => parameter(context, scope)));
    };
  }
  const builtin = builtins.get(name);
  if (builtin === undefined) throw new NotDirect();
  return (context, scope) => {
    // A workflow variable of that name hides the function.
    if (scope.variable(name) !== undefined) return leaveToLibrary();
    const values = builtin.signature.validate(
      parameters.map((parameter) => parameter(context, scope)),
      context,
    );
    return collapse(builtin.implementation.apply({ createSequence, options: {}, input: context }, values));
  };
};

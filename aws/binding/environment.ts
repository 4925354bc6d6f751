import { ErrorName, StepBenchError } from '#core/workflow/errors.ts';

/** @throws StepBenchError ServiceRefused: the function was not deployed by this version of the stack. */
export function required(name: string): string {
  const value = process.env[name];
  if (value !== undefined && value !== '') return value;
  throw new StepBenchError(ErrorName.ServiceRefused, `The function has no ${name} in its environment.`, {
    nextStep: 'Deploy the stack again: it sets the variables of its functions.',
  });
}

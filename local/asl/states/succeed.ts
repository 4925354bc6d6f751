import type { LoadState } from '../load/load-state.ts';

export const loadSucceed: LoadState = (name, reader) => {
  const exit = { assign: undefined, output: reader.template('Output'), next: undefined };
  return {
    name,
    type: 'Succeed',
    run: (step) => step.leave(exit, step.scope(), step.input),
  };
};

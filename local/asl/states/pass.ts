import type { LoadState } from '../load/load-state.ts';

export const loadPass: LoadState = (name, reader) => {
  const exit = reader.exit(reader.transition());
  return {
    name,
    type: 'Pass',
    run: (step) => step.leave(exit, step.scope(), step.input),
  };
};

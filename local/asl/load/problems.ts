export interface Problem {
  /** JSON pointer into the definition: `/States/Wait/Seconds`. */
  path: string;
  message: string;
}

/** A definition that cannot be run, with everything that is wrong with it. */
export class DefinitionError extends Error {
  readonly problems: Problem[];

  constructor(problems: Problem[]) {
    const lines = problems.map(({ path, message }) => `${path === '' ? '/' : path}: ${message}`);
    super(`The state machine cannot be loaded:\n${lines.join('\n')}`);
    this.name = 'DefinitionError';
    this.problems = problems;
  }
}

import { loadBlock, readQueryLanguage } from './load/block.ts';
import { NameScope } from './load/names.ts';
import { DefinitionError, type Problem } from './load/problems.ts';
import { FieldReader } from './load/reader.ts';
import type { Block } from './run/block.ts';

/** A definition that was checked and compiled; any number of executions can run it. */
export interface StateMachine {
  readonly block: Block;
  /** Of a whole execution. */
  readonly timeoutSeconds: number | undefined;
}

const longestTimeoutSeconds = 99_999_999;

/**
 * Loads a definition in the Amazon States Language (JSONata only; docs/asl-support.md says what of it).
 * @throws DefinitionError with all its problems, each with its place.
 */
export const loadStateMachine = (definition: unknown): StateMachine => {
  const problems: Problem[] = [];
  const names = NameScope.of(problems);
  // A copy: what the caller does with its own afterwards is no matter of ours.
  const reader = new FieldReader(
    definition === undefined ? undefined : structuredClone(definition),
    '',
    names,
    problems,
  );
  readQueryLanguage(reader);
  if (!reader.has('QueryLanguage')) {
    reader.report('QueryLanguage', 'must say JSONata: JSONPath, which AWS would assume, is not supported');
  }
  const version = reader.string('Version');
  if (version !== undefined && version !== '1.0') reader.report('Version', 'only "1.0" is known');
  const timeoutSeconds = reader.has('TimeoutSeconds')
    ? reader.number('TimeoutSeconds', { min: 1, max: longestTimeoutSeconds, integer: true }, longestTimeoutSeconds)
    : undefined;
  const block = loadBlock(reader);
  reader.refuseOthers();
  names.check();
  if (problems.length > 0) throw new DefinitionError(problems);
  return { block, timeoutSeconds };
};

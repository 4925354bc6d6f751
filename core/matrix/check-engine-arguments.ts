import { asSeveral, ownedArgument } from './engine-arguments.ts';
import { formatPath, type Path, type Problem, show } from './problems.ts';
import { valueAt } from './schema-walk.ts';

/**
 * Arguments that would overrule what StepBench sets, and so make the rows say what was not measured; and entries that
 * are several arguments. Looked for in what the user wrote, whatever else is wrong with the entry that they stand in.
 */
export function checkEngineArguments(document: object): Problem[] {
  const places: Path[] = [
    ...indices(valueAt(document, ['matrix', 'engineArguments'])).map((index) => ['matrix', 'engineArguments', index]),
    ...indices(valueAt(document, ['matrix', 'include'])).map((index) => [
      'matrix',
      'include',
      index,
      'engineArguments',
    ]),
    ['defaults', 'engineArguments'],
  ];
  return places.flatMap((path) => {
    const list: unknown = valueAt(document, path);
    return indices(list).flatMap((index) => {
      const argument = (list as unknown[])[index];
      if (typeof argument !== 'string') return [];
      return problemsOf(argument, formatPath([...path, index]));
    });
  });
}

function problemsOf(argument: string, path: string): Problem[] {
  const instead = ownedArgument(argument);
  if (instead !== undefined) {
    return [
      { code: 'owned-argument', path, value: argument, message: `${show(argument)} is set by StepBench`, instead },
    ];
  }
  const several = asSeveral(argument);
  if (several === undefined) return [];
  return [
    {
      code: 'bad-format',
      path,
      value: argument,
      message: `${show(argument)} would reach the engine as one argument, spaces and all`,
      instead: `${several.length === 1 ? 'it without spaces' : 'an entry each'}: ${several.map(show).join(', ')}`,
    },
  ];
}

const indices = (list: unknown): number[] => (Array.isArray(list) ? [...list.keys()] : []);

import { ownedArgument } from './engine-arguments.ts';
import type { Origins } from './origin.ts';
import { type Path, type Problem, show } from './problems.ts';
import type { MatrixDocument } from './schema.ts';

/** Arguments that would overrule what StepBench sets, and so make the rows say what was not measured. */
export function checkEngineArguments(document: MatrixDocument, origins: Origins): Problem[] {
  const places: { path: Path; list: readonly string[] | undefined }[] = [
    ...(document.matrix.engineArguments ?? []).map((list, index) => ({
      path: ['matrix', 'engineArguments', index],
      list,
    })),
    ...(document.matrix.include ?? []).map((entry, index) => ({
      path: ['matrix', 'include', index, 'engineArguments'],
      list: entry.engineArguments,
    })),
    { path: ['defaults', 'engineArguments'], list: document.defaults.engineArguments },
  ];
  return places.flatMap(({ path, list = [] }) =>
    list.flatMap((argument, index) => {
      const instead = ownedArgument(argument);
      if (instead === undefined) return [];
      return [
        {
          code: 'owned-argument' as const,
          path: origins.path([...path, index]),
          value: argument,
          message: `${show(argument)} is set by StepBench`,
          instead,
        },
      ];
    }),
  );
}

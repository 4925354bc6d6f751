import type { CellRow } from './cell-columns.ts';

/** What a row says that its engine was given; where that is no JSON, as it stands. */
export function argumentsOf({ engine_arguments }: Pick<CellRow, 'engine_arguments'>): string[] {
  try {
    return JSON.parse(engine_arguments ?? '[]') as string[];
  } catch {
    return [engine_arguments ?? ''];
  }
}

import type { CellRow } from '#core/results/cell-columns.ts';

/** Whether the figures of a row count as valid because their source said so: no rule of ours has judged them. */
export const isAsPublished = ({ valid, invalid_explanation }: CellRow): boolean =>
  valid && invalid_explanation !== null;

export const AS_PUBLISHED = 'as published, not judged';

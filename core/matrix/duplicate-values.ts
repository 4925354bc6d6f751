import { AXES } from './axes.ts';
import { carried, formatPath, type Path, type Problem, show } from './problems.ts';
import { valueAt } from './schema-walk.ts';

export interface Duplicate {
  path: Path;
  problem: Problem;
}

/** A value that stands twice on an axis would measure the same cells twice. */
export function duplicateValues(document: object): Duplicate[] {
  const found: Duplicate[] = [];
  for (const axis of AXES) {
    const list = valueAt(document, ['matrix', axis]);
    if (!Array.isArray(list)) continue;
    const first = new Map<string, number>();
    for (const [index, value] of list.entries()) {
      const key = isScalar(value) ? `${typeof value} ${value}` : isShallow(value) ? JSON.stringify(value) : undefined;
      if (key === undefined) continue;
      const before = first.get(key);
      if (before === undefined) {
        first.set(key, index);
        continue;
      }
      const path = ['matrix', axis, index];
      found.push({
        path,
        problem: {
          path: formatPath(path),
          value: carried(value),
          message: `${show(value)} stands here twice, at ${before} and at ${index}`,
          instead: 'each value once; "repeats" measures all cells several times',
          code: 'duplicate-value',
        },
      });
    }
  }
  return found;
}

const isScalar = (value: unknown): boolean => typeof value !== 'object' || value === null;

const isShallow = (value: unknown): boolean => Array.isArray(value) && value.every(isScalar);

import { readFileSync } from 'node:fs';
import { type Queries, readQueries } from '#core/results/questions.ts';

/** The queries as the stack puts them beside a function's code: infra/ copies the folder when it bundles. */
export const bundledQueries = (): Queries =>
  readQueries((path) => readFileSync(`${process.env.LAMBDA_TASK_ROOT ?? '.'}/queries/${path}`, 'utf8'));

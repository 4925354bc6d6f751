import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Queries, readQueries } from '#core/results/questions.ts';

const FOLDER = join(import.meta.dirname, '..', '..', 'queries');

/** The queries of this repository, read from its files. */
export const loadQueries = (): Queries => readQueries((path) => readFileSync(join(FOLDER, path), 'utf8'));

import { dirname } from 'node:path';

/** Of StepBench, wherever it is installed: code, queries and the committed definition are found from here. */
export const PACKAGE_ROOT = dirname(import.meta.dirname);

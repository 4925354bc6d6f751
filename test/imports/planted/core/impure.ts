import { readFileSync } from 'node:fs';
import type { thing } from '../local/thing.ts';

export type Reached = typeof thing;
export const text = readFileSync('x');

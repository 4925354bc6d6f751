import { thing } from '../local/thing.ts';

export const adapter = thing;

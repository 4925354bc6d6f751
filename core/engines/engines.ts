import type { EngineName } from '../plan/types.ts';
import type { Engine } from './engine.ts';
import { vllm } from './vllm.ts';

/** Those that are started here. An endpoint is not: it runs already, and somebody else ends it. */
const engines: Partial<Record<EngineName, Engine>> = { vllm };

/** Undefined for an endpoint. */
export const engineFor = (name: EngineName): Engine | undefined => engines[name];

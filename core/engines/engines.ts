import type { EngineName } from '../plan/types.ts';
import { endpoint } from './endpoint.ts';
import type { Engine } from './engine.ts';
import { vllm } from './vllm.ts';

const engines: Record<EngineName, Engine> = { vllm, endpoint };

export const engineFor = (name: EngineName): Engine => engines[name];

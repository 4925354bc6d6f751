import { memoryStore } from '#local/store/memory-store.ts';
import { objectStoreContract } from '#test/contract/object-store.ts';

objectStoreContract('in memory', async () => ({ store: memoryStore(), close: async () => {} }));

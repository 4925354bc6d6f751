export const task = async () => (await import('../../local/thing.ts')).thing;

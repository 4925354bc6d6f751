import { createHash } from 'node:crypto';

/** Athena takes 32 to 128 characters; tokens of ours have the length of their run's name. */
export const clientRequestToken = (token: string): string => createHash('sha256').update(token).digest('hex');

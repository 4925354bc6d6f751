import type { EngineName } from './types.ts';

/** Whether somebody else's server is measured: no node is bought for it, nothing is deployed, nothing is staged. */
export const runsAlready = ({ engine }: { engine: EngineName }): boolean => engine === 'endpoint';

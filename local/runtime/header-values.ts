import { HEADERS_SECRET } from '#core/generators/load-container.ts';
import type { Secrets } from '../cluster/kubelet/environment.ts';

/**
 * What stands in the Secret of the endpoints' headers on this machine: the user's own environment. A rehearsal
 * sends nothing, and needs none of them.
 */
export const headerValues =
  (kubelet: 'process' | 'virtual', environment: NodeJS.ProcessEnv = process.env): Secrets =>
  (secret, key) =>
    secret !== HEADERS_SECRET ? undefined : kubelet === 'virtual' ? 'rehearsed' : environment[key];

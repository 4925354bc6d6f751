import { Label } from '#core/cluster/names.ts';
import type { AnyObject } from '#core/ports/cluster.ts';

/** Objects as an API server shows them, cut to what is read of them. */
export const MINUTE_MS = 60_000;
export const BEGAN_MS = Date.parse('2026-07-01T12:00:00Z');
export const at = (minutes: number): string => new Date(BEGAN_MS + minutes * MINUTE_MS).toISOString();

export const object = (kind: string, fields: Partial<AnyObject> = {}): AnyObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name: kind.toLowerCase(), creationTimestamp: at(0) },
  ...fields,
});

export const conditions = (...list: Record<string, string>[]) => ({ conditions: list });

export const job = (...list: Record<string, string>[]): AnyObject => object('Job', { status: conditions(...list) });

interface PodParts {
  node?: string;
  ready?: string;
  init?: object[];
  main?: object[];
}

export const pod = ({ node, ready, init = [], main = [] }: PodParts = {}): AnyObject =>
  object('Pod', {
    spec: { ...(node !== undefined && { nodeName: node }), containers: [{ name: 'engine', image: 'vllm:v1' }] },
    status: {
      ...(ready !== undefined && conditions({ type: 'Ready', status: ready, lastTransitionTime: at(9) })),
      initContainerStatuses: init,
      containerStatuses: main,
    },
  });

export const running = (name: string, startedAt = at(5)) => ({ name, state: { running: { startedAt } } });
export const waiting = (name: string, reason: string, message?: string) => ({
  name,
  state: { waiting: { reason, ...(message !== undefined && { message }) } },
});
export const ended = (name: string, exitCode: number, times: object = {}, reason?: string) => ({
  name,
  state: { terminated: { exitCode, ...(reason !== undefined && { reason }), ...times } },
});

export const node = (labels: Record<string, string> = {}): AnyObject => ({
  ...object('Node', {
    spec: { providerID: 'aws:///us-east-1b/i-0abc' },
    status: conditions({ type: 'Ready', status: 'True', lastTransitionTime: at(2) }),
  }),
  metadata: {
    name: 'node',
    creationTimestamp: at(1),
    labels: { [Label.zone]: 'us-east-1b', [Label.capacityType]: 'spot', ...labels },
  },
});

import { describe, expect, it } from 'vitest';
import { gpuNodePool } from '#core/cluster/manifests/gpu-node-pool.ts';
import { gpuTelemetry } from '#core/cluster/manifests/gpu-telemetry.ts';
import { loadNodePool } from '#core/cluster/manifests/load-node-pool.ts';
import { DcgmField } from '#core/engines/dcgm-metrics.ts';
import type { AnyObject } from '#core/ports/cluster.ts';

const objects = gpuTelemetry() as (AnyObject & { data?: Record<string, string> })[];
const of = (kind: string) => objects.filter((object) => object.kind === kind);
const pod = of('DaemonSet')[0]!.spec.template.spec;
const [container] = pod.containers;

const deadline = '2026-01-31T12:00:00Z';
const nowMs = Date.parse('2026-01-31T10:00:00Z');

interface NodeTemplate {
  metadata: { labels: Record<string, string> };
  spec: { taints: { key: string; effect: string }[] };
}

/** By the scheduler's rules, as far as the manifests use them. */
const lands = ({ metadata, spec }: NodeTemplate): boolean =>
  Object.entries(pod.nodeSelector).every(([label, value]) => metadata.labels[label] === value) &&
  spec.taints.every(({ key, effect }) =>
    pod.tolerations.some((one: Record<string, string>) => one.key === key && one.effect === effect),
  );

describe('the exporter of GPU figures', () => {
  it('runs on the nodes of engines, and on no other', () => {
    const engine = { id: 'd1', instanceType: 'g5.xlarge', gpuCount: 1 };
    const gpu = gpuNodePool({ run: 'r', deployment: engine, deadline, capacityType: 'spot', nowMs });
    const load = loadNodePool({ run: 'r', deadline, nowMs, instanceType: 'c7i.4xlarge' });
    expect(lands(gpu.spec.template as unknown as NodeTemplate)).toBe(true);
    expect(lands(load.spec.template as unknown as NodeTemplate)).toBe(false);
    // The system's own nodes, and GPUs of somebody else's.
    for (const taints of [[], [{ key: 'nvidia.com/gpu', effect: 'NoSchedule' }]]) {
      expect(lands({ metadata: { labels: {} }, spec: { taints } })).toBe(false);
    }
  });

  it('takes no GPU, no priority and no more of the node than a measurement does not notice', () => {
    expect(JSON.stringify(container.resources)).not.toContain('nvidia');
    expect(pod.priorityClassName).toBeUndefined();
    expect(container.resources).toEqual({
      requests: { cpu: '50m', memory: '256Mi' },
      limits: { cpu: '500m', memory: '1Gi' },
    });
  });

  it('holds no node: it is of a DaemonSet, asks not to be left alone, and ends at once', () => {
    expect(JSON.stringify(objects)).not.toContain('do-not-disrupt');
    expect(pod.terminationGracePeriodSeconds).toBeLessThanOrEqual(5);
    // Tolerating everything, it would be put back onto a node that is being drained.
    expect(pod.tolerations.every((one: Record<string, string>) => one.key !== undefined)).toBe(true);
  });

  it('has SYS_ADMIN and nothing else: no path, namespace or token of the node', () => {
    expect(container.securityContext).toEqual({ runAsUser: 0, capabilities: { drop: ['ALL'], add: ['SYS_ADMIN'] } });
    expect(JSON.stringify(pod)).not.toMatch(/hostPath|hostNetwork|hostPID|hostIPC|hostPort|privileged/);
    expect(pod.automountServiceAccountToken).toBe(false);
    expect(pod.securityContext).toEqual({ seccompProfile: { type: 'RuntimeDefault' } });
  });

  it('collects the fields that rows have, and a new value between any two samples', () => {
    const [collectors] = of('ConfigMap');
    const [volume] = pod.volumes;
    const [mount] = container.volumeMounts;
    const environment = Object.fromEntries(
      container.env.map((one: { name: string; value: string }) => [one.name, one.value]),
    );
    expect(volume).toMatchObject({ name: mount.name, configMap: { name: collectors!.metadata.name } });
    const [[file, csv]] = Object.entries(collectors!.data!) as [[string, string]];
    expect(environment.DCGM_EXPORTER_COLLECTORS).toBe(`${mount.mountPath}/${file}`);
    // `field, Prometheus type, help`
    const fields = csv
      .trim()
      .split('\n')
      .map((line) => line.split(', '));
    expect(fields.map(([field]) => field)).toEqual(Object.values(DcgmField));
    for (const parts of fields) expect([parts.length, parts[1]]).toEqual([3, 'gauge']);
    expect(Number(environment.DCGM_EXPORTER_INTERVAL)).toBeLessThan(3000);
  });

  it('is asked by load generators only, and asks nobody', () => {
    const [deny, allow] = of('NetworkPolicy');
    expect(deny!.spec).toEqual({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
    expect(allow!.spec.podSelector.matchLabels).toEqual(of('DaemonSet')[0]!.spec.selector.matchLabels);
    const [{ from, ports }] = allow!.spec.ingress;
    // One peer with both: two peers would let in either.
    expect(from).toEqual([
      {
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'stepbench' } },
        podSelector: { matchLabels: { 'stepbench.dev/role': 'load' } },
      },
    ]);
    expect(ports).toEqual([{ port: container.ports[0].containerPort, protocol: 'TCP' }]);
  });
});

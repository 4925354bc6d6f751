import { Annotation, Label } from '../names.ts';

export const GPU = 'nvidia.com/gpu';
/** Keeps everything but our own load generators off the load pool. */
export const LOAD_TAINT = 'stepbench.dev/load';

export interface NodePoolShape {
  name: string;
  /** Of the NodePool; those that a Node may carry go into its template too. */
  labels: Record<string, string>;
  /** ISO time by which no node of the pool may be left. */
  deadline: string;
  /** Every node ends by itself after this many seconds. */
  expireAfterSeconds: number;
  instanceType: string;
  capacityType: string;
  /** Any zone of the cluster when left out. */
  zones?: readonly string[] | undefined;
  taint: string;
  limits: Record<string, string>;
  consolidateAfter: string;
}

const requirement = (key: string, values: readonly string[]) => ({ key, operator: 'In', values: [...values] });

/**
 * A NodePool of Karpenter v1 on the NodeClass that EKS Auto Mode brings along.
 *
 * - The built-in labels of `kubernetes.io` stay off the template: Karpenter refused that domain on Nodes until lately
 *   (1.14 takes it), and nobody says which one Auto Mode runs.
 * - WhenEmpty alone does not keep Auto Mode from replacing drifted nodes (it ships new images weekly): hence
 *   no budget for drift. The second budget replaces the default of 10 %, which would let go of empty nodes
 *   one at a time.
 * - terminationGracePeriod: Auto Mode's default of 24 h would let one hanging pod keep a GPU for a day.
 */
export const nodePool = (shape: NodePoolShape) => ({
  apiVersion: 'karpenter.sh/v1',
  kind: 'NodePool',
  metadata: {
    name: shape.name,
    labels: shape.labels,
    annotations: { [Annotation.deadline]: shape.deadline },
  },
  spec: {
    limits: shape.limits,
    disruption: {
      consolidationPolicy: 'WhenEmpty',
      consolidateAfter: shape.consolidateAfter,
      budgets: [{ nodes: '0', reasons: ['Drifted'] }, { nodes: '100%' }],
    },
    template: {
      metadata: {
        labels: Object.fromEntries(Object.entries(shape.labels).filter(([key]) => key !== Label.managedBy)),
        annotations: { [Annotation.deadline]: shape.deadline },
      },
      spec: {
        nodeClassRef: { group: 'eks.amazonaws.com', kind: 'NodeClass', name: 'default' },
        requirements: [
          requirement(Label.instanceType, [shape.instanceType]),
          requirement(Label.capacityType, [shape.capacityType]),
          ...(shape.zones === undefined ? [] : [requirement(Label.zone, shape.zones)]),
        ],
        taints: [{ key: shape.taint, effect: 'NoSchedule' }],
        expireAfter: `${shape.expireAfterSeconds}s`,
        terminationGracePeriod: '10m',
      },
    },
  },
});

import type { Resources } from '../instance-shapes.ts';
import type { Container, Pod, Requirement, Taint, Toleration } from '../objects/shapes.ts';
import { quantity } from '../quantity.ts';

/** Where a pod might go: a node, a claim, or an instance that could be launched. */
export interface Host {
  labels: Readonly<Record<string, string>>;
  taints: readonly Taint[];
  free: Readonly<Resources>;
}

/** In the scheduler's words. */
export const NOT_SELECTED = "node(s) didn't match Pod's node affinity/selector";

/** Why the pod cannot go there, in the scheduler's words; undefined when it can. */
export function misfit(pod: Pod, host: Host): string | undefined {
  if (!selects(pod, host.labels)) return NOT_SELECTED;
  const untolerated = host.taints.find((taint) => taint.effect !== 'PreferNoSchedule' && !tolerates(pod, taint));
  if (untolerated !== undefined) return `node(s) had untolerated taint(s) {${untolerated.key}}`;
  for (const [resource, wanted] of Object.entries(requests(pod))) {
    if (wanted > (host.free[resource] ?? 0)) return `Insufficient ${resource}`;
  }
  return undefined;
}

function selects({ spec }: Pod, labels: Readonly<Record<string, string>>): boolean {
  if (!Object.entries(spec.nodeSelector ?? {}).every(([key, value]) => labels[key] === value)) return false;
  const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  if (required === undefined) return true;
  return required.nodeSelectorTerms.some(({ matchExpressions = [] }) =>
    matchExpressions.every((requirement) => meets(labels, requirement)),
  );
}

export function meets(labels: Readonly<Record<string, string>>, { key, operator, values = [] }: Requirement): boolean {
  const value = labels[key];
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    default:
      throw new Error(`operator ${operator} on ${key} is not supported by the local cluster`);
  }
}

const tolerates = (pod: Pod, taint: Taint): boolean =>
  (pod.spec.tolerations ?? []).some(
    (toleration) => coversKey(toleration, taint) && (toleration.effect ?? taint.effect) === taint.effect,
  );

const coversKey = ({ key, operator, value }: Toleration, taint: Taint): boolean =>
  operator === 'Exists' ? key === undefined || key === taint.key : key === taint.key && value === (taint.value ?? '');

const asked = new WeakMap<Pod['spec'], Resources>();

/** Init containers run one after another and before the others: the larger of their largest and the others' sum. */
export function requests(pod: Pod): Resources {
  const known = asked.get(pod.spec);
  if (known !== undefined) return known;
  const total = (pod.spec.containers ?? []).map(ofContainer).reduce(add, { pods: 1 });
  for (const init of (pod.spec.initContainers ?? []).map(ofContainer)) {
    for (const [resource, wanted] of Object.entries(init)) {
      total[resource] = Math.max(total[resource] ?? 0, wanted);
    }
  }
  asked.set(pod.spec, total);
  return total;
}

const ofContainer = ({ resources }: Container): Resources => {
  const wanted = { ...resources?.limits, ...resources?.requests };
  return Object.fromEntries(Object.entries(wanted).map(([resource, text]) => [resource, quantity(text)]));
};

export function add(left: Resources, right: Readonly<Resources>): Resources {
  const sum = { ...left };
  for (const [resource, amount] of Object.entries(right)) sum[resource] = (sum[resource] ?? 0) + amount;
  return sum;
}

export function subtract(left: Readonly<Resources>, right: Readonly<Resources>): Resources {
  const rest = { ...left };
  for (const [resource, amount] of Object.entries(right)) rest[resource] = (rest[resource] ?? 0) - amount;
  return rest;
}

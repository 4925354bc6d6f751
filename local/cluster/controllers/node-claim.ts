import { Label } from '#core/cluster/names.ts';
import { isoTime } from '#core/ports/clock.ts';
import type { Fault } from '../faults.ts';
import { isTrue, withCondition } from '../objects/conditions.ts';
import { API_VERSION } from '../objects/kinds.ts';
import type { Node, NodeClaim } from '../objects/shapes.ts';
import { durationMs } from '../quantity.ts';
import type { Controller, ControlPlane } from './controller.ts';
import { type Offer, offersOf } from './offers.ts';
import type { Refusals } from './provisioner.ts';

/** Karpenter gives a node up that has not registered by then. */
const REGISTRATION_MS = 15 * 60_000;

const sinceMs = (claim: NodeClaim): number => Date.parse(claim.metadata.creationTimestamp!);

/** A claim's life up to its deletion: launched, registered, expired. */
export function nodeClaimLifecycle(plane: ControlPlane, refusals: Refusals): Controller {
  const { objects, events, timers, latencies, faults, instances, zones } = plane;
  /** By claim: when its node registers. */
  const registersAtMs = new Map<string, number>();
  return {
    name: 'node-claim',
    watches: { NodeClaim: (claim) => [claim.metadata.name] },
    reconcile: (name) => {
      const claim = objects.find('NodeClaim', `/${name}`);
      if (claim === undefined) {
        registersAtMs.delete(name);
        return;
      }
      if (claim.metadata.deletionTimestamp !== undefined || !plane.computeEnabled()) return;
      const nowMs = timers.clock.nowMs();
      const lifetimeMs = sinceMs(claim) + durationMs(claim.spec.expireAfter ?? 'Never') - nowMs;
      if (lifetimeMs <= 0) return end(claim, 'Expired', 'Expired: the claim has outlived its expireAfter');
      return Math.min(lifetimeMs, advance(claim, nowMs) ?? Number.POSITIVE_INFINITY);
    },
  };

  function advance(claim: NodeClaim, nowMs: number): number | undefined {
    const { name } = claim.metadata;
    if (!isTrue(claim.status.conditions, 'Launched')) {
      const waitMs = sinceMs(claim) + latencies.launchCallMs - nowMs;
      return waitMs > 0 ? waitMs : launch(claim);
    }
    if (claim.status.nodeName !== undefined) return;
    const waitMs = registersAtMs.get(name)! - nowMs;
    if (waitMs <= 0) return register(claim);
    const patienceMs = sinceMs(claim) + REGISTRATION_MS - nowMs;
    if (patienceMs > 0) return Math.min(waitMs, patienceMs);
    return end(claim, 'RegistrationTimeout', 'The node did not register within 15 minutes');
  }

  function end(claim: NodeClaim, reason: string, message: string): undefined {
    events.record(claim, 'Normal', reason, message);
    objects.requestDeletion('NodeClaim', `/${claim.metadata.name}`);
  }

  /** Walks the zones; when none has room the claim is given up, and only its event remains. */
  function launch(claim: NodeClaim): undefined {
    const nodePool = claim.metadata.labels![Label.nodePool]!;
    // A fault that names no zone counts once for the claim, one that does counts for its zone.
    let refused: Fault | undefined;
    const offers = offersFor(claim);
    const offer = offers.find(({ instanceType, capacityType, zone }) => {
      const asked = { cluster: plane.cluster, nodePool, instanceType, capacityType };
      refused ??= faults.take('insufficient-capacity', asked);
      return (refused ?? faults.take('insufficient-capacity', { ...asked, zone })) === undefined;
    });
    if (offer === undefined) {
      const types = [...new Set(offers.map(({ instanceType }) => instanceType))].join(', ');
      const message = `NodeClaim ${claim.metadata.name} event: creating instance, insufficient capacity, with fleet error(s), InsufficientInstanceCapacity: We currently do not have sufficient ${types} capacity in zones with support for 'gp3' volumes.`;
      events.record(claim, 'Warning', 'InsufficientCapacityError', message);
      refusals.set(nodePool, timers.clock.nowMs());
      objects.requestDeletion('NodeClaim', `/${claim.metadata.name}`);
      // Nothing was launched that its finalizer would have to wait for.
      objects.change('NodeClaim', `/${claim.metadata.name}`, (draft) => {
        draft.metadata.finalizers = [];
      });
      return;
    }
    const { instanceType, capacityType, zone } = offer;
    const instance = instances.launch({ cluster: plane.cluster, nodePool, instanceType, capacityType, zone });
    const slow = faults.take('slow-node', { cluster: plane.cluster, nodePool, instanceType, capacityType, zone });
    registersAtMs.set(claim.metadata.name, timers.clock.nowMs() + latencies.nodeLaunchMs + (slow?.extraMs ?? 0));
    objects.change('NodeClaim', `/${claim.metadata.name}`, (draft) => {
      Object.assign(draft.metadata.labels!, offer.labels);
      draft.status.providerID = `local:///${zone}/${instance.id}`;
      draft.status.capacity = texts(offer.capacity);
      draft.status.allocatable = texts(offer.free);
      draft.status.conditions = conditions(draft, ['Launched']);
    });
  }

  function register(claim: NodeClaim): undefined {
    const { labels = {}, name } = claim.metadata;
    const id = claim.status.providerID!.split('/').at(-1)!;
    instances.started(id);
    objects.change('NodeClaim', `/${name}`, (draft) => {
      draft.status.nodeName = id;
      draft.status.conditions = conditions(draft, ['Registered', 'Initialized', 'Ready']);
    });
    objects.create<Node>({
      apiVersion: API_VERSION.Node,
      kind: 'Node',
      metadata: {
        name: id,
        labels: { ...labels, 'kubernetes.io/hostname': id },
        annotations: { ...claim.metadata.annotations },
        ownerReferences: [{ apiVersion: claim.apiVersion, kind: claim.kind, name, uid: claim.metadata.uid! }],
        finalizers: ['karpenter.sh/termination'],
      },
      spec: { providerID: claim.status.providerID!, ...(claim.spec.taints && { taints: [...claim.spec.taints] }) },
      status: {
        capacity: { ...claim.status.capacity },
        allocatable: { ...claim.status.allocatable },
        conditions: withCondition([], { type: 'Ready', status: 'True', reason: 'KubeletReady' }, isoTime(timers.clock)),
      },
    });
    loseLater(claim, id);
  }

  function loseLater(claim: NodeClaim, id: string): void {
    const { nodePool, instanceType, capacityType, zone } = instances.find(id)!;
    const lost = faults.take('node-lost', { cluster: plane.cluster, nodePool, instanceType, capacityType, zone });
    if (lost === undefined) return;
    timers.after(lost.afterMs, () => {
      instances.shutDown(id, 0);
      objects.requestDeletion('NodeClaim', `/${claim.metadata.name}`);
    });
  }

  function offersFor(claim: NodeClaim): Offer[] {
    const pool = objects.find('NodePool', `/${claim.metadata.labels?.[Label.nodePool]}`);
    return pool === undefined ? [] : offersOf(claim.spec.requirements, pool, zones);
  }

  function conditions({ status }: NodeClaim, types: readonly string[]) {
    const now = isoTime(timers.clock);
    return types.reduce(
      (all, type) => withCondition(all, { type, status: 'True', reason: type }, now),
      status.conditions,
    );
  }
}

const texts = (resources: Readonly<Record<string, number>>): Record<string, string> =>
  Object.fromEntries(Object.entries(resources).map(([resource, amount]) => [resource, String(amount)]));

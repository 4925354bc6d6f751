import { gpuNodePoolName } from '#core/cluster/names.ts';
import { engineStatus } from '#core/cluster/observe/engine.ts';
import { nodeFacts } from '#core/cluster/observe/node.ts';
import { runsAlready } from '#core/plan/runs-already.ts';
import type { Ports } from '#core/ports/ports.ts';
import { ErrorName } from '#core/workflow/errors.ts';
import { NO_FAILURE } from '#core/workflow/failure.ts';
import type { ModelStatus, TaskHandler, TaskOutput } from '#core/workflow/task-signatures.ts';
import { capacityEvents, deploymentObjects } from '../cluster/deployment-objects.ts';
import { nodeClaims } from '../cluster/gone.ts';
import { seeLoadNodes } from '../cluster/load-nodes.ts';
import { freeLoadSlot, holdLoadSlot } from '../cluster/load-slot.ts';
import { logTail } from '../cluster/log-tail.ts';
import { readDeployment } from '../store/plan.ts';

/**
 * Nobody here speaks to an engine. Whether a server that runs already answers as it should, the load Job finds
 * out before it starts the load, from where the load will come.
 */
const RUNS_ALREADY: TaskOutput<'CheckModel'> = {
  status: 'ready',
  nextCapacity: -1,
  node: { zone: '', capacityType: '', instanceId: '', simulated: false, engineVersion: '' },
  failure: NO_FAILURE,
};

const ENDED: ReadonlySet<ModelStatus> = new Set(['ready', 'failed', 'no-capacity']);

/**
 * How far the engine is, and meanwhile a place for its load generator. It never throws for what it sees: the
 * machine reads the status.
 */
export const checkModel =
  ({ connect, store, clock }: Pick<Ports, 'connect' | 'store' | 'clock'>): TaskHandler<'CheckModel'> =>
  async ({ run, cluster: target, deployment: id, attempt, deploymentDeadline: deadline, capacity }) => {
    const deployment = await readDeployment(store, run, id);
    if (runsAlready(deployment)) return RUNS_ALREADY;
    const cluster = await connect(target.name);
    const { job, pod, node } = await deploymentObjects(cluster, run, id, deadline);
    const nodePool = gpuNodePoolName(run, id, deadline);
    const nowMs = clock.nowMs();
    const seen = engineStatus({
      job,
      pod,
      claims: await nodeClaims(cluster, nodePool),
      events: await capacityEvents(cluster, pod, nodePool),
      nowMs,
      patienceSeconds: deployment.capacityPatienceSeconds,
      capacity,
    });
    const facts = { node: nodeFacts(node, pod), nextCapacity: -1 };
    // Its slot is let go of now; while it waits the slot keeps its node.
    if (ENDED.has(seen.status)) await seeLoadNodes({ store, clock }, cluster, run);
    const slot = { run, attempt, deployment, deadline, zone: facts.node.zone };
    if (seen.status === 'ready') await freeLoadSlot(cluster, slot);
    else if (facts.node.zone !== '') await holdLoadSlot({ cluster, store }, slot);
    if (seen.status === 'failed') {
      const cause = seen.failure.cause + (await logTail(cluster, pod));
      return { ...facts, status: seen.status, failure: { ...seen.failure, cause } };
    }
    if (seen.status === 'no-capacity') {
      const next = capacity + 1;
      return { ...facts, ...seen, nextCapacity: next < deployment.capacityTypes.length ? next : -1 };
    }
    if (seen.status !== 'ready' && nowMs >= Date.parse(deadline)) {
      const cause = `The deployment's deadline ${deadline} passed while its engine was ${seen.status}.`;
      return { ...facts, status: 'failed', failure: { error: ErrorName.DeadlinePassed, cause } };
    }
    return { ...facts, status: seen.status, failure: NO_FAILURE };
  };

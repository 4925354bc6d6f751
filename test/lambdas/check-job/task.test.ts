import { beforeEach, describe, expect, it } from 'vitest';
import { Label, loadJobName, NAMESPACE } from '#core/cluster/names.ts';
import type { PlannedDeployment } from '#core/plan/types.ts';
import { checkJob } from '#lambdas/check-job/task.ts';
import { deploy } from '../fakes/deployed.ts';
import { RUN, TARGET, World } from '../fakes/world.ts';

let world: World;
let deployment: PlannedDeployment;
let deployed: ReturnType<typeof deploy>;
let name: string;

beforeEach(async () => {
  world = await World.planned();
  deployment = (await world.deployments())[0]!;
  deployed = deploy(world, deployment);
  name = loadJobName(RUN, deployment.cells[0]!.id, 1);
  load();
});

const load = (condition?: object) =>
  world.cluster.place({
    ...{ apiVersion: 'batch/v1', kind: 'Job', metadata: { name, namespace: NAMESPACE } },
    status: { conditions: condition === undefined ? [] : [condition] },
  });
const loadPod = (spec: object, status: object = {}) =>
  world.cluster.place({
    ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name: `${name}-x`, labels: { [Label.jobName]: name } } },
    ...{ spec, status },
  });
const check = () =>
  checkJob(world)({
    ...{ run: RUN, cluster: TARGET, deployment: deployment.id, attempt: 1, cell: deployment.cells[0]!.id },
    deploymentDeadline: deployed.deadline,
  });
const refused = (error: string, message: RegExp) =>
  expect.objectContaining({ name: error, message: expect.stringMatching(message) });

describe('looking at a load', () => {
  it('is running, and finished whatever its exit code was: the files are to judge', async () => {
    expect(await check()).toEqual({ status: 'running' });
    load({ type: 'Complete', status: 'True' });
    expect(await check()).toEqual({ status: 'finished' });
    load({ type: 'Failed', status: 'True', reason: 'BackoffLimitExceeded' });
    expect(await check()).toEqual({ status: 'finished' });
  });

  it('has finished also when the engine died right after, and the deadline passed', async () => {
    load({ type: 'Complete', status: 'True' });
    world.cluster.objects.delete(`Job/${NAMESPACE}/${deployed.job}`);
    world.clock.forward(24 * 3600);
    expect(await check()).toEqual({ status: 'finished' });
  });

  it('that did not end in time is told apart from one that found no node', async () => {
    load({ type: 'Failed', status: 'True', reason: 'DeadlineExceeded', message: 'active longer' });
    await expect(check()).rejects.toEqual(refused('GeneratorFailed', /No node was found/));
    loadPod({ nodeName: 'n' });
    await expect(check()).rejects.toEqual(refused('GeneratorFailed', /did not end in time: active longer/));
  });

  it('cannot start, or is gone', async () => {
    loadPod({}, { initContainerStatuses: [{ name: 'generator', state: { waiting: { reason: 'ImagePullBackOff' } } }] });
    await expect(check()).rejects.toEqual(refused('GeneratorFailed', /cannot start: container generator/));
    world.cluster.objects.delete(`Job/${NAMESPACE}/${name}`);
    await expect(check()).rejects.toEqual(refused('GeneratorFailed', /is gone: something else deleted it/));
  });

  it('goes on until the deadline, in that very millisecond', async () => {
    world.clock.forward((Date.parse(deployed.deadline) - world.clock.nowMs() - 1) / 1000);
    expect(await check()).toEqual({ status: 'running' });
    world.clock.forward(0.001);
    await expect(check()).rejects.toEqual(refused('DeadlinePassed', /still running/));
  });

  it.each([
    [73, 'StoreFull'],
    [74, 'ArtifactsMissing'],
    [77, 'StoreDenied'],
  ])(
    'whose artifacts are not in the store (%i) names the uploader, in its own words, and not the generator',
    async (exitCode, error) => {
      load({ type: 'Failed', status: 'True', reason: 'BackoffLimitExceeded' });
      loadPod(
        { nodeName: 'n' },
        {
          initContainerStatuses: [{ name: 'generator', state: { terminated: { exitCode: 0 } } }],
          containerStatuses: [{ name: 'uploader', state: { terminated: { exitCode } } }],
        },
      );
      world.cluster.logTexts.set(`${name}-x/uploader`, 'The store cannot use /x: no space left. Free some space.');
      await expect(check()).rejects.toEqual(refused(error, /the uploader could not store .* Free some space\.$/));
    },
  );

  it('was evicted by its node: that is why nothing was left, whatever its containers ended with', async () => {
    load({ type: 'Failed', status: 'True', reason: 'BackoffLimitExceeded' });
    loadPod(
      { nodeName: 'n' },
      {
        ...{ phase: 'Failed', reason: 'Evicted', message: 'The node was low on resource: ephemeral-storage.' },
        containerStatuses: [{ name: 'uploader', state: { terminated: { exitCode: 137 } } }],
      },
    );
    await expect(check()).rejects.toEqual(refused('GeneratorFailed', /was evicted: The node was low on .*storage\.$/));
  });

  it('is over, and not the uploader’s fault, when the generator ended with a code of its own', async () => {
    load({ type: 'Failed', status: 'True', reason: 'BackoffLimitExceeded' });
    loadPod({ nodeName: 'n' }, { containerStatuses: [{ name: 'uploader', state: { terminated: { exitCode: 1 } } }] });
    expect(await check()).toEqual({ status: 'finished' });
  });

  it('does not wait for an engine that has died', async () => {
    world.cluster.objects.delete(`Job/${NAMESPACE}/${deployed.job}`);
    await expect(check()).rejects.toEqual(refused('EngineFailed', /its Job has ended/));
  });
});

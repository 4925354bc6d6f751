import { beforeEach, describe, expect, it } from 'vitest';
import { AwsError } from '#core/stack/errors.ts';
import { writeJson } from '#lambdas/store/json.ts';
import { instance } from '#test/lambdas/fakes/cluster.ts';
import { stepbench } from '../fake-cli.ts';
import { onBench, started, worldOf } from './bench.ts';
import { executionOf, fakeAws, stackOf } from './fake-stack.ts';

type Aws = ReturnType<typeof fakeAws>;

const POOL = 'sb-monday-d0-abcde-tjqxyz';
const node = instance('sb-monday-load-tjqxyz', '2026-10-01T12:00:00.000Z');
const looked = (cluster: string, more: object = {}) => ({
  ...{
    cluster,
    asked: true,
    nodesPastDeadline: [],
    deleted: [],
    adminEnded: false,
    disabled: false,
    errors: [] as string[],
  },
  ...more,
});
const swept = (why?: string, clusters: object[] = []) => ({
  done: why === undefined,
  remaining: why === undefined ? [] : [{ run: 'monday', why }],
  clusters,
  metrics: {},
});
const DRAINED = 'its nodes are being drained';
const CLOSED = [looked('stepbench', { errors: ['403'] })];
const schedule = { name: 'nightly', expression: 'rate(1 day)', timeZone: 'UTC', input: {}, retries: 0 };
const own = () => new Map([['stepbench', 'bench']]);

const lease = (aws: Aws, cluster = 'stepbench') =>
  writeJson(aws.has.store, 'runs/monday/lease.json', {
    ...{ schema_version: 1, run: 'monday', execution: 'gone', attempt: 1 },
    ...{ cluster, deadline: '2026-10-01T14:00:00.000Z', releasedAt: null },
  });

async function destroyed(aws: Aws, ...more: string[]) {
  const { cli } = worldOf(aws, { pause: async () => cli.advance(300_000) });
  const code = await stepbench(cli, 'destroy', ...onBench, '--yes', ...more);
  return { code, done: started(aws), out: cli.stdout.text(), err: cli.stderr.text() };
}

const deletions = (done: readonly string[]) => done.filter((what) => /^(delete|end)/.test(what));

describe('stepbench destroy', () => {
  it('takes schedules, nodes, clusters and stack away in this order, and says what it keeps', async () => {
    const aws = fakeAws({
      clusters: new Map([...own(), ['theirs', null]] as [string, string | null][]),
      schedules: [{ ...schedule, retryForSeconds: 60, enabled: true }],
      answers: [swept(DRAINED), swept()],
    });
    const { code, done, out, err } = await destroyed(aws);
    expect(code).toBe(0);
    expect(done).toEqual(['delete schedule', 'Janitor:live', 'Janitor:live', 'delete cluster', 'delete stack']);
    expect([...aws.has.clusters.keys()]).toEqual(['theirs']);
    expect(out).toContain('Kept: s3://results');
    const price = '$1.00 a month for the key (https://cloudburn.io/blog/aws-kms-pricing, 2026-03-14)';
    expect([out, err].filter((text) => text.includes(price))).toHaveLength(2);
  });

  it('destroys nothing while a run is under way', async () => {
    const { code, done, out } = await destroyed(fakeAws({ running: [executionOf('monday-1')] }), '--json');
    expect([code, done, JSON.parse(out).error.code]).toEqual([2, [], 'run-active']);
  });

  it('keeps cluster and stack while nodes are left: they are what lets go of them', async () => {
    const { code, done, err } = await destroyed(fakeAws({ clusters: own(), answers: Array(9).fill(swept(DRAINED)) }));
    expect([code, deletions(done)]).toEqual([1, []]);
    expect(err).toContain(`monday (${DRAINED})`);
  });
});

describe('a cluster that does not let anybody look into it', () => {
  const answers = () => Array(9).fill(swept('ReleaseRun: 403', CLOSED));

  it('goes, with what may be in it, where EC2 has no node of a run there', async () => {
    const aws = fakeAws({ clusters: own(), answers: answers() });
    await lease(aws);
    const { code, done } = await destroyed(aws);
    expect([code, done]).toEqual([0, ['Janitor:live', 'delete cluster', 'delete stack']]);
  });

  it.each<[string, (aws: Aws) => unknown]>([
    ['EC2 has a node of a run there', (aws) => aws.has.nodes.set('stepbench', [node])],
    ['it is of somebody else', (aws) => aws.has.clusters.set('stepbench', null)],
    ['the run that is left works elsewhere', (aws) => lease(aws, 'theirs')],
    ['the lease of the run that is left is none', (aws) => aws.has.store.put('runs/monday/lease.json', '{}')],
    [
      'it lets itself be looked into after all',
      (aws) => (aws.has.answers = Array(9).fill(swept(DRAINED, [looked('stepbench')]))),
    ],
    [
      'EC2 has an overdue node elsewhere',
      (aws) => {
        const clusters = [...CLOSED, looked('theirs', { nodesPastDeadline: [node] })];
        aws.has.answers = Array(9).fill({ ...swept('ReleaseRun: 403', clusters) });
      },
    ],
    [
      'EC2 could not be asked about another',
      (aws) => {
        const clusters = [...CLOSED, looked('theirs', { asked: false, errors: ['throttled'] })];
        aws.has.answers = Array(9).fill({ ...swept('ReleaseRun: 403', clusters) });
      },
    ],
  ])('keeps everything where %s, and says what is left', async (_why, change) => {
    const aws = fakeAws({ clusters: own(), answers: answers() });
    await lease(aws);
    await change(aws);
    const { code, done, out } = await destroyed(aws, '--json');
    expect([code, deletions(done)]).toEqual([1, []]);
    expect(JSON.parse(out).error).toMatchObject({ code: 'not-released', message: expect.stringContaining('monday (') });
  });
});

describe('called again', () => {
  const gone = async (): Promise<never> => {
    throw new AwsError('not-found', 'no such thing');
  };
  let aws: Aws;
  /** What CloudFormation has deleted of it already. */
  const without = (...parts: ('machine' | 'janitor' | 'schedules')[]) => {
    // biome-ignore lint/correctness/useYield: it fails before
    const none = async function* (): AsyncGenerator<never> {
      await gone();
    };
    if (parts.includes('machine')) Object.assign(aws.executions, { running: none });
    if (parts.includes('janitor')) Object.assign(aws.functions, { invoke: gone });
    if (parts.includes('schedules')) Object.assign(aws.schedules, { list: gone });
  };
  /** CloudFormation's answers, one a look; the last one for good. */
  const says = (...statuses: (string | undefined)[]) => {
    Object.assign(aws.stacks, {
      find: async () => {
        const status = statuses.length > 1 ? statuses.shift() : statuses[0];
        return status && stackOf({ status, reason: 'the VPC has dependencies' });
      },
      delete: async () => void aws.done.push(['delete stack', 'bench']),
    });
  };
  beforeEach(() => {
    aws = fakeAws({ clusters: own() });
    without('machine', 'janitor', 'schedules');
  });

  it('goes on with a stack whose deletion failed, its functions and its machine being gone', async () => {
    says('DELETE_FAILED', 'DELETE_FAILED', 'DELETE_IN_PROGRESS', undefined);
    const { code, done, err } = await destroyed(aws);
    expect([code, deletions(done)]).toEqual([0, ['delete cluster', 'delete stack']]);
    expect(err).toContain('The stack is DELETE_FAILED');
  });

  it('ends nodes that nobody is left to let go of, before their cluster', async () => {
    says('DELETE_FAILED', 'DELETE_FAILED', undefined);
    aws.has.nodes.set('stepbench', [node]);
    const { code, done } = await destroyed(aws);
    expect([code, deletions(done)]).toEqual([0, ['end nodes', 'delete cluster', 'delete stack']]);
  });

  it('waits for a deletion that is under way, and begins it once more when that fails', async () => {
    says('DELETE_IN_PROGRESS', 'DELETE_IN_PROGRESS', 'DELETE_FAILED', 'DELETE_FAILED', 'DELETE_IN_PROGRESS', undefined);
    const { code, done } = await destroyed(aws);
    expect([code, deletions(done)]).toEqual([0, ['delete cluster', 'delete stack']]);
    aws = fakeAws({ clusters: own() });
    without('machine', 'janitor', 'schedules');
    says('DELETE_IN_PROGRESS', 'DELETE_IN_PROGRESS', undefined);
    expect(deletions((await destroyed(aws)).done)).toEqual(['delete cluster']);
  });

  it('says why when it fails again', async () => {
    says('DELETE_FAILED', 'DELETE_FAILED', 'DELETE_IN_PROGRESS', 'DELETE_FAILED');
    const { code, done, err } = await destroyed(aws);
    expect([code, done.filter((what) => what === 'delete stack')]).toEqual([1, ['delete stack']]);
    expect(err).toContain('the VPC has dependencies');
  });

  it('leaves nodes of runs in clusters of somebody else to people, and says which', async () => {
    const status = 'DELETE_FAILED';
    const outputs = { ...stackOf().outputs, ForeignClusters: 'theirs' };
    Object.assign(aws.stacks, { find: async () => stackOf({ status, outputs }) });
    aws.has.nodes.set('theirs', [instance(POOL, ''), instance('general-purpose', '')]);
    const { code, done, err } = await destroyed(aws);
    expect([code, deletions(done)]).toEqual([1, []]);
    expect(err).toMatch(/kubectl delete nodepool/);
    expect(err).not.toContain('general-purpose');
  });

  it('takes nothing for gone in a stack that nobody has begun to delete', async () => {
    const { code, done } = await destroyed(aws);
    expect([code, deletions(done)]).toEqual([1, []]);
  });

  it('deletes a cluster once EKS is not busy with it any more', async () => {
    says('DELETE_FAILED', 'DELETE_FAILED', undefined);
    let busy = 2;
    const { delete: taken } = aws.clusters;
    Object.assign(aws.clusters, {
      delete: async (name: string) => {
        if (busy-- > 0) throw new AwsError('busy', 'it is being created');
        await taken(name);
      },
    });
    expect((await destroyed(aws)).code).toBe(0);
    expect([...aws.has.clusters]).toEqual([]);
  });

  it('does not say that all is gone while EC2 has a node of a cluster that went, now or in an earlier call', async () => {
    for (const clusters of [own(), new Map<string, string | null>()]) {
      aws = fakeAws({ clusters, answers: [swept()] });
      await aws.has.store.put('leases/clusters/stepbench.json', '{}');
      Object.assign(aws.clusters, { nodes: async (name: string) => (name === 'stepbench' ? [node] : []) });
      const { code, done, err } = await destroyed(aws);
      expect([code, done.includes('delete stack')]).toEqual([1, false]);
      expect(err).toContain(node.id);
    }
  });
});

describe('the bucket', () => {
  it('is told as deleted, where it went with the stack', async () => {
    expect((await destroyed(fakeAws({ bucket: false, answers: [swept()] }))).out).toMatch(/results is gone/);
    const { out } = await destroyed(fakeAws({ bucket: false, answers: [swept()] }), '--json');
    expect(JSON.parse(out)).toMatchObject({ kept_bucket: null, not_known: [] });
  });

  it('is told as not known, where S3 does not say', async () => {
    const denied = () => {
      const aws = fakeAws({ answers: [swept()] });
      Object.assign(aws, {
        bucketExists: async () => {
          throw new AwsError('denied', '403');
        },
      });
      return aws;
    };
    const { code, out } = await destroyed(denied());
    expect([code, out]).toEqual([0, expect.stringMatching(/Whether the bucket results was kept is not known: 403/)]);
    expect(JSON.parse((await destroyed(denied(), '--json')).out)).toMatchObject({
      kept_bucket: 'results',
      not_known: [expect.stringContaining('403')],
    });
  });
});

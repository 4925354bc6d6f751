import { request } from 'node:https';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { NAMESPACE, TELEMETRY_NAMESPACE } from '#core/cluster/names.ts';
import { operatorManifests } from '#core/cluster/operators.ts';
import { connectAs, OPERATORS, type Who } from './cluster/test-cluster.ts';
import { until } from './cluster/until.ts';

const kubernetes = inject('kubernetes');
const admin = connectAs(kubernetes, 'admin');

/** The bootstrap of a cluster whose stack names these. */
async function name(...operators: (keyof typeof OPERATORS)[]): Promise<void> {
  for (const object of operatorManifests(operators.map((who) => OPERATORS[who]))) await admin.apply(object);
}

/** As kubectl asks, with verbs and subresources that no task of ours uses. Answers with the status. */
const ask = (who: Who, method: string, path: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const asked = request(
      new URL(path, kubernetes.server),
      {
        method,
        ca: Buffer.from(kubernetes.caData, 'base64'),
        headers: { authorization: `Bearer ${kubernetes.tokens[who]}`, 'content-type': 'application/json' },
      },
      (answer) => {
        resolve(answer.statusCode ?? 0);
        answer.destroy();
      },
    ).on('error', reject);
    asked.end(method === 'POST' || method === 'PUT' || method === 'PATCH' ? '{}' : undefined);
  });

const REFUSED = 403;

const core = (rest: string, namespace = NAMESPACE) => `/api/v1/namespaces/${namespace}/${rest}`;
const batch = (rest: string) => `/apis/batch/v1/namespaces/${NAMESPACE}/${rest}`;
const karpenter = (rest: string) => `/apis/karpenter.sh/v1/${rest}`;
const rbac = (rest: string) => `/apis/rbac.authorization.k8s.io/v1/${rest}`;

type Asked = [method: string, path: string];

/** `kubectl get`, `get -w`, `describe`, `logs` and `port-forward` of what runs belong to, and of their nodes. */
const MAY: readonly Asked[] = [
  ['GET', core('pods')],
  ['GET', core('pods?watch=true&timeoutSeconds=1')],
  ['GET', core('pods/none')],
  ['GET', core('pods/none/log')],
  // By its version, kubectl asks for a WebSocket or for SPDY.
  ['GET', core('pods/none/portforward')],
  ['POST', core('pods/none/portforward')],
  ['GET', core('services')],
  ['GET', core('services/none')],
  ['GET', core('events')],
  ['GET', core('events?watch=true&timeoutSeconds=1')],
  ['GET', batch('jobs')],
  ['GET', batch('jobs?watch=true&timeoutSeconds=1')],
  ['GET', batch('jobs/none')],
  ['GET', '/api/v1/nodes'],
  ['GET', '/api/v1/nodes/none'],
  ['GET', karpenter('nodepools')],
  ['GET', karpenter('nodepools/none')],
  ['GET', karpenter('nodeclaims')],
  ['GET', karpenter('nodeclaims/none')],
];

/** What would cost money, spoil a measurement, or give away what is nobody's to see. */
const MAY_NOT: readonly Asked[] = [
  ['DELETE', core('pods/none')],
  ['DELETE', core('pods')],
  ['POST', core('pods')],
  ['PATCH', core('pods/none')],
  ['POST', core('pods/none/eviction')],
  ['GET', core('pods/none/exec')],
  ['POST', core('pods/none/exec')],
  ['POST', core('pods/none/attach')],
  ['GET', core('pods/none/proxy')],
  ['PATCH', core('pods/none/ephemeralcontainers')],
  ['GET', core('services/none/proxy')],
  ['POST', core('services')],
  ['DELETE', core('services/none')],
  ['POST', batch('jobs')],
  ['PATCH', batch('jobs/none')],
  ['DELETE', batch('jobs/none')],
  ['GET', core('secrets')],
  ['GET', core('secrets/none')],
  ['GET', core('configmaps')],
  ['POST', core('serviceaccounts/stepbench-artifacts/token')],
  ['GET', core('pods', TELEMETRY_NAMESPACE)],
  ['GET', core('pods', 'kube-system')],
  ['GET', core('pods/none/log', 'kube-system')],
  ['POST', core('pods/none/portforward', 'kube-system')],
  ['GET', core('secrets', 'kube-system')],
  ['GET', core('pods', 'default')],
  ['GET', '/api/v1/pods'],
  ['GET', '/api/v1/secrets'],
  ['PATCH', '/api/v1/nodes/none'],
  ['DELETE', '/api/v1/nodes/none'],
  ['GET', '/api/v1/nodes/none/proxy/logs'],
  ['POST', karpenter('nodepools')],
  ['PATCH', karpenter('nodepools/none')],
  ['DELETE', karpenter('nodepools/none')],
  ['DELETE', karpenter('nodeclaims/none')],
  ['POST', rbac('clusterrolebindings')],
  ['PATCH', rbac('clusterroles/stepbench-operators')],
  ['PATCH', rbac(`namespaces/${NAMESPACE}/roles/stepbench-operators`)],
  ['PATCH', rbac(`namespaces/${NAMESPACE}/rolebindings/stepbench-operators`)],
];

const inWords = ([method, path]: Asked): string => `${method} ${path}`;

const refused = async (who: Who, asked: readonly Asked[]): Promise<string[]> => {
  const answers = await Promise.all(
    asked.map(async (one) => ({ words: inWords(one), status: await ask(who, ...one) })),
  );
  // Whoever is not known at all would be told so, and nothing would be learned of their rights.
  expect(answers.filter(({ status }) => status === 401)).toEqual([]);
  return answers.filter(({ status }) => status === REFUSED).map(({ words }) => words);
};

describe('operators on a real API server', () => {
  const listsPods = async (who: Who) => (await ask(who, 'GET', core('pods'))) === 200;

  beforeAll(async () => {
    await name('operator', 'formerOperator');
    // The API server hears of new roles a moment later.
    await until(async () => (await listsPods('operator')) && (await ask('operator', 'GET', '/api/v1/nodes')) === 200);
  });

  test('look at what runs, read its logs and forward a port to it', async () => {
    expect(await refused('operator', MAY)).toEqual([]);
  });

  test('change nothing, run nothing in a pod, and see no secret and no other namespace', async () => {
    expect(await refused('operator', MAY_NOT)).toEqual(MAY_NOT.map(inWords));
  });

  test('whom the stack names no more is refused all of it, at once and without a word to EKS; who stays is not', async () => {
    await until(() => listsPods('formerOperator'));
    await name('operator');
    await until(async () => !(await listsPods('formerOperator')));
    expect(await refused('formerOperator', MAY)).toEqual(MAY.map(inWords));
    expect(await refused('operator', MAY)).toEqual([]);
  });

  test('where the stack names none, nobody is let in', async () => {
    await name();
    await until(async () => !(await listsPods('operator')));
    expect(await refused('operator', MAY)).toEqual(MAY.map(inWords));
  });
});

import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { IMAGES, pulledImages } from '#core/cluster/images.ts';
import { engineJob } from '#core/cluster/manifests/engine-job.ts';
import { Variable } from '#core/stack/environment.ts';
import { startEks } from '../stub/eks.ts';

const tls = (name: string) => readFileSync(join(import.meta.dirname, '../../fixtures/tls', name), 'utf8');

/** Of a Kubernetes API, what it takes to apply a Job; gives it back as it came. */
async function startApiServer(): Promise<Server> {
  const server = createServer({ key: tls('server-key.pem'), cert: tls('server.pem') }, async (request, response) => {
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    const jobs = { name: 'jobs', kind: 'Job', namespaced: true, verbs: ['patch'] };
    const discovery = { kind: 'APIResourceList', groupVersion: 'batch/v1', resources: [jobs] };
    const answer = request.method === 'PATCH' ? body : JSON.stringify(discovery);
    response.writeHead(200, { 'content-type': 'application/json' }).end(answer);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

let eks: Awaited<ReturnType<typeof startEks>>;
let api: Server;

beforeEach(async () => {
  eks = await startEks();
  api = await startApiServer();
  const endpoint = `https://127.0.0.1:${(api.address() as AddressInfo).port}`;
  const certificateAuthority = { data: Buffer.from(tls('ca.pem')).toString('base64') };
  eks.state.clusters.set('bench', { name: 'bench', status: 'ACTIVE', tags: {}, endpoint, certificateAuthority });
  const environment = { AWS_ENDPOINT_URL_EKS: eks.url, AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'testing' };
  for (const [name, value] of Object.entries({ ...environment, AWS_SECRET_ACCESS_KEY: 'testing' }))
    vi.stubEnv(name, value);
  // A function's environment is read once, when it first connects.
  vi.resetModules();
});
afterEach(async () => {
  vi.unstubAllEnvs();
  api.closeAllConnections();
  api.close();
  await eks.close();
});

async function appliedImage(): Promise<string | undefined> {
  const { connect } = await import('#aws/binding/kubernetes.ts');
  const cluster = await connect('bench');
  const job = engineJob({
    run: 'first',
    deployment: { id: 'abcdef012345', gpuCount: 1, shmGiB: 1 },
    deadline: '2026-07-01T14:00:00.000Z',
    nowMs: Date.parse('2026-07-01T12:00:00Z'),
    nodePool: 'pool',
    engine: { image: IMAGES.engine, port: 8000, healthPath: '/health' },
  });
  return (await cluster.apply(job)).spec.template.spec.containers[0]?.image;
}

it('a function applies pods by the references that its stack was given', async () => {
  const copies = '123456789012.dkr.ecr.eu-central-1.amazonaws.com/stepbench';
  vi.stubEnv(Variable.images, JSON.stringify(pulledImages({ copies })));
  expect(await appliedImage()).toBe(`${copies}/${IMAGES.engine}`);
});

it('and by those that the code pins where it was given none', async () => {
  expect(await appliedImage()).toBe(IMAGES.engine);
});

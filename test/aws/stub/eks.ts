import { type Stub, StubError, type StubRequest, startStub } from './service.ts';

type Json = Record<string, unknown>;

interface EksCluster extends Json {
  name: string;
  status: string;
  tags: Record<string, string>;
}

interface Entry {
  principalArn: string;
  kubernetesGroups: string[];
  tags: Record<string, string>;
  /** Since when, in seconds since the epoch. */
  policies: Map<string, number>;
}

interface Association extends Json {
  associationId: string;
  namespace: string;
  serviceAccount: string;
  roleArn: string;
}

export interface EksState {
  clusters: Map<string, EksCluster>;
  entries: Map<string, Entry>;
  associations: Map<string, Association>;
  /** What was changed, in order: `POST /clusters`, with its body. */
  changes: { call: string; body: Json }[];
}

/**
 * EKS's REST API as far as it is used here. It checks the required fields and their forms, that Auto Mode's three
 * parts are on or off together, that clusters, entries and associations are made once, that the first of Kubernetes'
 * reserved prefixes is in no group, and that every change has a request token.
 */
export async function startEks(): Promise<Stub & { state: EksState }> {
  const state: EksState = { clusters: new Map(), entries: new Map(), associations: new Map(), changes: [] };
  const stub = await startStub({
    signingName: 'eks',
    answer: (request) => ({
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(route(state, request)),
    }),
    refuse: ({ code, message, status }) => ({
      status,
      headers: { 'content-type': 'application/json', 'x-amzn-errortype': `${code}:` },
      body: JSON.stringify({ message }),
    }),
  });
  return { ...stub, state };
}

type Route = (state: EksState, body: Json, query: URLSearchParams, ...path: string[]) => unknown;

const SEGMENT = '([^/]+)';
const ARN = '(arn:[^/]+/[^/]+)';
const POLICY = '(arn:aws:eks::aws:cluster-access-policy/[A-Za-z]+)';

const ROUTES: [method: string, path: RegExp, route: Route][] = [
  ['GET', /^\/clusters$/, listClusters],
  ['GET', /^\/clusters\/([^/]+)$/, describeCluster],
  ['POST', /^\/clusters$/, createCluster],
  ['DELETE', /^\/clusters\/([^/]+)$/, deleteCluster],
  ['POST', /^\/clusters\/([^/]+)\/update-config$/, updateConfig],
  ['POST', /^\/clusters\/([^/]+)\/access-entries$/, createEntry],
  ['GET', new RegExp(`^/clusters/${SEGMENT}/access-entries/${ARN}$`), describeEntry],
  ['POST', new RegExp(`^/clusters/${SEGMENT}/access-entries/${ARN}$`), updateEntry],
  ['DELETE', new RegExp(`^/clusters/${SEGMENT}/access-entries/${ARN}$`), deleteEntry],
  ['POST', new RegExp(`^/clusters/${SEGMENT}/access-entries/${ARN}/access-policies$`), associatePolicy],
  ['GET', new RegExp(`^/clusters/${SEGMENT}/access-entries/${ARN}/access-policies$`), listPolicies],
  ['DELETE', new RegExp(`^/clusters/${SEGMENT}/access-entries/${ARN}/access-policies/${POLICY}$`), disassociatePolicy],
  ['POST', /^\/clusters\/([^/]+)\/pod-identity-associations$/, createAssociation],
  ['GET', /^\/clusters\/([^/]+)\/pod-identity-associations$/, listAssociations],
  ['GET', /^\/clusters\/([^/]+)\/pod-identity-associations\/([^/]+)$/, describeAssociation],
  ['POST', /^\/clusters\/([^/]+)\/pod-identity-associations\/([^/]+)$/, updateAssociation],
];

function route(state: EksState, { method, path, query, body }: StubRequest): unknown {
  for (const [of, pattern, run] of ROUTES) {
    const match = of === method ? pattern.exec(path) : null;
    if (match === null) continue;
    const input = body === '' ? {} : (JSON.parse(body) as Json);
    if (method === 'POST') state.changes.push({ call: `${method} ${path}`, body: input });
    if (method === 'DELETE') state.changes.push({ call: `${method} ${path}`, body: {} });
    return run(state, input, query, ...match.slice(1));
  }
  throw new StubError('NotFoundException', `${method} ${path} is no operation of EKS`, 404);
}

const invalid = (message: string) => new StubError('InvalidParameterException', message);
const missing = (message: string) => new StubError('ResourceNotFoundException', message, 404);
const inUse = (message: string) => new StubError('ResourceInUseException', message, 409);

function required(body: Json, ...fields: string[]): void {
  for (const field of fields) if (body[field] === undefined) throw invalid(`${field} is required`);
}

function clusterOf(state: EksState, name: string | undefined): EksCluster {
  const found = state.clusters.get(name ?? '');
  if (found === undefined) throw missing(`No cluster found for name: ${name}.`);
  return found;
}

/** However many are asked for: a caller must follow the token. */
const CLUSTERS_PAGE = 2;

function listClusters({ clusters }: EksState, _: Json, query: URLSearchParams) {
  const names = [...clusters.keys()].sort();
  const from = names.indexOf(query.get('nextToken') ?? '') + 1;
  const page = names.slice(from, from + CLUSTERS_PAGE);
  return { clusters: page, ...(from + page.length < names.length ? { nextToken: page.at(-1) } : {}) };
}

function describeCluster(state: EksState, _: Json, __: URLSearchParams, name?: string) {
  return { cluster: clusterOf(state, name) };
}

const isOn = (part: unknown): boolean => (part as { enabled?: boolean } | undefined)?.enabled === true;

/** AWS: the three must all be on, or all be off, in one request. */
function checkAutoMode(body: Json): boolean {
  const storage = (body.storageConfig as Json | undefined)?.blockStorage;
  const network = (body.kubernetesNetworkConfig as Json | undefined)?.elasticLoadBalancing;
  const parts = [body.computeConfig, storage, network].map(isOn);
  if (new Set(parts).size > 1) {
    throw invalid(
      'For EKS Auto Mode, please ensure that all required configs are all either fully enabled or disabled.',
    );
  }
  return parts[0] as boolean;
}

function createCluster(state: EksState, body: Json) {
  required(body, 'name', 'roleArn', 'resourcesVpcConfig', 'clientRequestToken');
  const name = String(body.name);
  if (!/^[0-9A-Za-z][A-Za-z0-9_-]{0,99}$/.test(name)) throw invalid(`name ${name}`);
  if (!/^1\.\d\d$/.test(String(body.version))) throw invalid(`unsupported Kubernetes version ${body.version}`);
  const { subnetIds, endpointPublicAccess, publicAccessCidrs } = body.resourcesVpcConfig as Json;
  if ((subnetIds as string[]).length < 2) throw invalid('Subnets specified must be in at least two different AZs');
  if (endpointPublicAccess === false && publicAccessCidrs !== undefined) {
    throw invalid('publicAccessCidrs needs public access');
  }
  if (checkAutoMode(body)) {
    if (body.bootstrapSelfManagedAddons !== false) throw invalid('bootstrapSelfManagedAddons must be false');
    const { nodePools = [], nodeRoleArn } = body.computeConfig as { nodePools?: string[]; nodeRoleArn?: string };
    if (nodePools.length > 0 !== (nodeRoleArn !== undefined)) throw invalid('nodePools and nodeRoleArn go together');
  }
  if (state.clusters.has(name)) throw inUse(`Cluster already exists with name: ${name}`);
  const { clientRequestToken: _, ...described } = body;
  const cluster = { tags: {}, ...described, name, status: 'CREATING' } as unknown as EksCluster;
  state.clusters.set(name, cluster);
  return { cluster };
}

function deleteCluster(state: EksState, _: Json, __: URLSearchParams, name?: string) {
  const cluster = clusterOf(state, name);
  if (cluster.status === 'CREATING') throw inUse('Cannot delete a cluster that is being created');
  cluster.status = 'DELETING';
  return { cluster };
}

function updateConfig(state: EksState, body: Json, _: URLSearchParams, name?: string) {
  const cluster = clusterOf(state, name);
  required(body, 'clientRequestToken');
  if (cluster.status !== 'ACTIVE') throw inUse(`Cluster ${name} currently has an update in progress`);
  for (const part of ['computeConfig', 'storageConfig', 'kubernetesNetworkConfig']) {
    if (body[part] === undefined) throw invalid(`Auto Mode: ${part} is missing`);
  }
  checkAutoMode(body);
  Object.assign(cluster, { computeConfig: body.computeConfig, status: 'UPDATING' });
  return { update: { id: 'update-1', status: 'InProgress', type: 'AutoModeUpdate' } };
}

const entryKey = (cluster: string | undefined, principalArn: string | undefined) => `${cluster} ${principalArn}`;

function entryOf(state: EksState, cluster?: string, principalArn?: string): Entry {
  clusterOf(state, cluster);
  const found = state.entries.get(entryKey(cluster, principalArn));
  if (found === undefined) throw missing(`The specified principalArn could not be found: ${principalArn}.`);
  return found;
}

function groupsIn(body: Json): string[] {
  const groups = (body.kubernetesGroups ?? []) as string[];
  const reserved = groups.find((group) => /^(system|eks|aws|amazon|iam):/.test(group));
  if (reserved !== undefined) throw invalid(`The kubernetes group name ${reserved} is invalid`);
  return groups;
}

function createEntry(state: EksState, body: Json, _: URLSearchParams, cluster?: string) {
  clusterOf(state, cluster);
  required(body, 'principalArn', 'clientRequestToken');
  const principalArn = String(body.principalArn);
  if (!/^arn:aws:iam::\d{12}:role\/.+$/.test(principalArn)) throw invalid(`principalArn ${principalArn}`);
  const key = entryKey(cluster, principalArn);
  if (state.entries.has(key)) throw inUse('The specified access entry resource is already in use on this cluster.');
  const entry = { principalArn, kubernetesGroups: groupsIn(body), tags: (body.tags ?? {}) as Record<string, string> };
  state.entries.set(key, { ...entry, policies: new Map() });
  return { accessEntry: { clusterName: cluster, type: 'STANDARD', ...entry } };
}

function describeEntry(state: EksState, _: Json, __: URLSearchParams, cluster?: string, principalArn?: string) {
  const { policies: ___, ...accessEntry } = entryOf(state, cluster, principalArn);
  return { accessEntry };
}

function updateEntry(state: EksState, body: Json, _: URLSearchParams, cluster?: string, principalArn?: string) {
  required(body, 'clientRequestToken');
  const entry = entryOf(state, cluster, principalArn);
  entry.kubernetesGroups = groupsIn(body);
  return describeEntry(state, body, _, cluster, principalArn);
}

function deleteEntry(state: EksState, _: Json, __: URLSearchParams, cluster?: string, principalArn?: string) {
  entryOf(state, cluster, principalArn);
  state.entries.delete(entryKey(cluster, principalArn));
  return {};
}

function associatePolicy(state: EksState, body: Json, _: URLSearchParams, cluster?: string, principalArn?: string) {
  required(body, 'policyArn', 'accessScope');
  if (!new RegExp(`^${POLICY}$`).test(String(body.policyArn))) throw invalid(`policyArn ${body.policyArn}`);
  if ((body.accessScope as Json).type !== 'cluster') throw invalid('accessScope');
  entryOf(state, cluster, principalArn).policies.set(String(body.policyArn), Date.now() / 1000);
  return { clusterName: cluster, principalArn };
}

function listPolicies(state: EksState, _: Json, __: URLSearchParams, cluster?: string, principalArn?: string) {
  const associated = [...entryOf(state, cluster, principalArn).policies];
  return {
    clusterName: cluster,
    principalArn,
    associatedAccessPolicies: associated.map(([policyArn, associatedAt]) => ({
      policyArn,
      associatedAt,
      modifiedAt: associatedAt,
      accessScope: { type: 'cluster', namespaces: [] },
    })),
  };
}

function disassociatePolicy(
  state: EksState,
  _: Json,
  __: URLSearchParams,
  cluster?: string,
  principalArn?: string,
  policy?: string,
) {
  if (!entryOf(state, cluster, principalArn).policies.delete(policy ?? ''))
    throw missing(`${policy} is not associated`);
  return {};
}

function createAssociation(state: EksState, body: Json, _: URLSearchParams, cluster?: string) {
  clusterOf(state, cluster);
  required(body, 'namespace', 'serviceAccount', 'roleArn', 'clientRequestToken');
  const same = [...state.associations.values()].find((one) => isFor(one, cluster, body.namespace, body.serviceAccount));
  if (same !== undefined) throw inUse(`Association already exists: ${same.associationId}`);
  const associationId = `a-${state.associations.size + 1}`;
  const association = { tags: {}, ...body, clusterName: cluster, associationId } as unknown as Association;
  state.associations.set(associationId, association);
  return { association };
}

const isFor = (one: Association, cluster: unknown, namespace: unknown, serviceAccount: unknown): boolean =>
  one.clusterName === cluster && one.namespace === namespace && one.serviceAccount === serviceAccount;

/** A summary has no role: whoever wants that describes the association. */
function listAssociations(state: EksState, _: Json, query: URLSearchParams, cluster?: string) {
  clusterOf(state, cluster);
  const associations = [...state.associations.values()]
    .filter((one) => isFor(one, cluster, query.get('namespace'), query.get('serviceAccount')))
    .map(({ roleArn: _, tags: __, ...summary }) => summary);
  return { associations };
}

function associationOf(state: EksState, id?: string): Association {
  const found = state.associations.get(id ?? '');
  if (found === undefined) throw missing(`Association not found: ${id}`);
  return found;
}

function describeAssociation(state: EksState, _: Json, __: URLSearchParams, ___?: string, id?: string) {
  return { association: associationOf(state, id) };
}

function updateAssociation(state: EksState, body: Json, _: URLSearchParams, ___?: string, id?: string) {
  required(body, 'roleArn', 'clientRequestToken');
  associationOf(state, id).roleArn = String(body.roleArn);
  return { association: associationOf(state, id) };
}

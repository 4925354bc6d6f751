import type { KubernetesObject } from '../../ports/cluster.ts';
import { Label, NAMESPACE, type Role } from '../names.ts';

const TCP = 'TCP';
const HTTPS = [{ port: 443, protocol: TCP }];
const ANYWHERE = '0.0.0.0/0';
/** Of the node: instance metadata among them. */
const LINK_LOCAL = '169.254.0.0/16';

/** To anywhere: on EKS Auto Mode the resolver is on the node and no pod. */
const dns = {
  ports: [
    { port: 53, protocol: 'UDP' },
    { port: 53, protocol: TCP },
  ],
};

/** The agent on the node that hands out Pod Identity's credentials. */
const credentials = {
  to: [{ ipBlock: { cidr: '169.254.170.23/32' } }],
  ports: [{ port: 80, protocol: TCP }],
};

const beyondTheNode = [{ ipBlock: { cidr: ANYWHERE, except: [LINK_LOCAL] } }];

const pods = (role: Role) => ({ podSelector: { matchLabels: { [Label.role]: role } } });

const policy = (name: string, spec: object) => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name, namespace: NAMESPACE, labels: { [Label.managedBy]: 'stepbench' } },
  spec,
});

/** A role's ways out, besides names. */
const egress = (role: Role, ways: object[]) =>
  policy(`${role}-egress`, { ...pods(role), policyTypes: ['Egress'], egress: [dns, ...ways] });

/**
 * Nobody reaches a pod of ours but load generators their engine, and no pod reaches what it does not need. A load may
 * reach any port: the server that it measures may be one of the user's. Probes come from the node, which no policy
 * holds off. Where the cluster does not enforce policies, they change nothing.
 */
export const networkPolicies = (): KubernetesObject[] => [
  policy('default-deny', { podSelector: {}, policyTypes: ['Ingress', 'Egress'] }),
  policy('engine-from-load', {
    ...pods('engine'),
    policyTypes: ['Ingress'],
    // Any port: the engine's is its own, and it listens on no other that a load should not ask.
    ingress: [{ from: [pods('load')] }],
  }),
  // Weights from the bucket or from the hub.
  egress('engine', [credentials, { to: beyondTheNode, ports: HTTPS }]),
  egress('stage', [credentials, { to: beyondTheNode, ports: HTTPS }]),
  egress('load', [credentials, { to: beyondTheNode }]),
];

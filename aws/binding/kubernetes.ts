import { EKSClient } from '@aws-sdk/client-eks';
import { pullFrom } from '#core/cluster/pull-from.ts';
import type { Ports } from '#core/ports/ports.ts';
import { Variable } from '#core/stack/environment.ts';
import { kubernetesConnector } from '../kubernetes/connect.ts';
import { CLIENT_CONFIG } from './client-config.ts';
import { required } from './environment.ts';

let connector: Ports['connect'] | undefined;

/** As the role of this function, with the rights of its group in the cluster. */
export const connect: Ports['connect'] = async (clusterName) => {
  connector ??= functionConnector();
  return connector(clusterName);
};

function functionConnector(): Ports['connect'] {
  const eks = new EKSClient(CLIENT_CONFIG);
  const toCluster = kubernetesConnector({ eks, credentials: eks.config.credentials, region: required('AWS_REGION') });
  const images = process.env[Variable.images];
  if (images === undefined) return toCluster;
  const pulled = JSON.parse(images) as Record<string, string>;
  return async (clusterName) => pullFrom(await toCluster(clusterName), pulled);
}

import { EKSClient } from '@aws-sdk/client-eks';
import type { Ports } from '#core/ports/ports.ts';
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
  return kubernetesConnector({ eks, credentials: eks.config.credentials, region: required('AWS_REGION') });
}

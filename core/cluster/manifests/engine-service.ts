import { Annotation, ENGINE_PORT, engineName, NAMESPACE } from '../names.ts';
import { engineLabels } from './engine-job.ts';

export interface EngineServiceRequest {
  run: string;
  deployment: { id: string };
  deadline: string;
  /** On which the engine's container listens. */
  targetPort: number;
}

/** Named like the engine's Job; `engineUrl` of that name reaches it. */
export const engineService = ({ run, deployment, deadline, targetPort }: EngineServiceRequest) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: {
    name: engineName(run, deployment.id, deadline),
    namespace: NAMESPACE,
    labels: engineLabels(run, deployment.id),
    annotations: { [Annotation.deadline]: deadline },
  },
  spec: {
    type: 'ClusterIP',
    selector: engineLabels(run, deployment.id),
    ports: [{ name: 'http', protocol: 'TCP', port: ENGINE_PORT, targetPort }],
  },
});

import { Label } from '#core/cluster/names.ts';
import { API_VERSION } from '../objects/kinds.ts';
import type { Job, Pod } from '../objects/shapes.ts';
import { suffix } from './new-claim.ts';

/** generateName cuts the base so that five characters fit behind it. */
const LONGEST_BASE = 57;

export function newPod(job: Job, serial: number): Pod {
  const { apiVersion, kind } = job;
  const { name, uid, namespace } = job.metadata;
  const { metadata, spec } = job.spec.template;
  return {
    apiVersion: API_VERSION.Pod,
    kind: 'Pod',
    metadata: {
      name: `${name.slice(0, LONGEST_BASE)}-${suffix(`${uid} ${serial}`)}`,
      ...(namespace === undefined ? {} : { namespace }),
      labels: { ...metadata?.labels, ...jobLabels(job) },
      annotations: { ...metadata?.annotations },
      ownerReferences: [{ apiVersion, kind, name, uid: uid! }],
    },
    spec,
    status: { phase: 'Pending', conditions: [] },
  };
}

/** The labels by which a Job's pods are found; Kubernetes puts them there. */
const jobLabels = ({ metadata }: Job): Record<string, string> => ({
  [Label.jobName]: metadata.name,
  'job-name': metadata.name,
  'batch.kubernetes.io/controller-uid': metadata.uid!,
});

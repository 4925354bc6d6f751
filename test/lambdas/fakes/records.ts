import type { DeploymentRow } from '#core/results/deployment-columns.ts';
import { deploymentRow, sharedNodeRow } from '#core/results/deployment-row.ts';
import { sampleDeployment, sampleNode, samplePrice } from '#test/core/results/samples.ts';
import { BEGAN } from './clock.ts';
import { RUN } from './world.ts';

interface Made {
  deployment?: string;
  attempt?: number;
  launchedAt?: string | null;
  recordedAt?: string;
  measureSeconds?: number;
}

const life = ({ attempt = 1, launchedAt = BEGAN, recordedAt = BEGAN, measureSeconds = 0 }: Made) => ({
  run: RUN,
  attempt,
  node: sampleNode,
  price: samplePrice,
  launchedAt,
  releasedAt: null,
  seconds: { launch: 100, pull: 0, load: 0, measure: measureSeconds, idle: 500, release: 0 },
  downloads: { imageGiB: null, weightsGiB: null },
  recordedAt,
});

/** What an engine's node did, before its release. */
export const record = (made: Made = {}): DeploymentRow =>
  deploymentRow({
    ...life(made),
    deployment: { ...sampleDeployment, id: made.deployment ?? 'd0' },
    rows: [],
    failure: null,
  });

export const loadRecord = (made: Made = {}): DeploymentRow =>
  sharedNodeRow({ ...life(made), role: 'load', instanceType: 'c7i.4xlarge', vcpus: 16 });

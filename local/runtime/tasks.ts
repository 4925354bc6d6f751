import type { Ports } from '#core/ports/ports.ts';
import type { Queries } from '#core/results/questions.ts';
import type { TaskHandler, TaskName } from '#core/workflow/task-signatures.ts';
import { checkJob } from '#lambdas/check-job/task.ts';
import { checkModel } from '#lambdas/check-model/task.ts';
import { deployModel } from '#lambdas/deploy-model/task.ts';
import { type ExpandSettings, expandMatrix } from '#lambdas/expand-matrix/task.ts';
import { finalizeRun } from '#lambdas/finalize-run/task.ts';
import { launchJob } from '#lambdas/launch-job/task.ts';
import { notify } from '#lambdas/notify/task.ts';
import { provisionCluster } from '#lambdas/provision-cluster/task.ts';
import { provisionLoadPool } from '#lambdas/provision-load-pool/task.ts';
import { provisionNodePool } from '#lambdas/provision-node-pool/task.ts';
import { publishReport } from '#lambdas/publish-report/task.ts';
import { queryPricePerformance } from '#lambdas/query-price-performance/task.ts';
import { recordFailure } from '#lambdas/record-failure/task.ts';
import { recordResult } from '#lambdas/record-result/task.ts';
import { releaseDeployment } from '#lambdas/release-deployment/task.ts';
import { releaseRun } from '#lambdas/release-run/task.ts';
import { stageModel } from '#lambdas/stage-model/task.ts';

export type Tasks = { [N in TaskName]: TaskHandler<N> };

/** Every task over the given ports: the very code that the functions in AWS run. */
export const bindTasks = (ports: Ports, queries: Queries, settings: ExpandSettings): Tasks => ({
  ExpandMatrix: expandMatrix(ports, settings),
  ProvisionCluster: provisionCluster(ports),
  ProvisionLoadPool: provisionLoadPool(ports),
  StageModel: stageModel(ports),
  ProvisionNodePool: provisionNodePool(ports),
  DeployModel: deployModel(ports),
  CheckModel: checkModel(ports),
  LaunchJob: launchJob(ports),
  CheckJob: checkJob(ports),
  RecordResult: recordResult(ports),
  RecordFailure: recordFailure(ports),
  ReleaseDeployment: releaseDeployment(ports),
  FinalizeRun: finalizeRun(ports),
  ReleaseRun: releaseRun(ports),
  QueryPricePerformance: queryPricePerformance(ports, queries),
  PublishReport: publishReport(ports, queries),
  Notify: notify(ports),
});

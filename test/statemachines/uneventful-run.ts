import { RUN_POLLS } from '#core/plan/run-history.ts';
import { NOTHING_SPENT } from '#core/plan/spending.ts';
import type { TaskName } from '#core/workflow/task-signatures.ts';

const RUN = 'uneventful';

export const INPUT = { matrix: {}, run: RUN };

/** What the tasks answer where one deployment is planned and nothing has to be waited for. */
export const ANSWERS: Partial<Record<TaskName, Record<string, unknown>>> = {
  ExpandMatrix: {
    ...{ run: RUN, attempt: 1, cluster: { name: 'bench', version: '1.36', ephemeral: false }, deadline: '' },
    ...{ withinBudget: true, estimateUsd: 1, budgetUsd: 1, spent: NOTHING_SPENT, deploymentCount: 1 },
    ...{ maxConcurrency: 1, deploymentsKey: 'deployments.json', ...RUN_POLLS },
  },
  ProvisionCluster: { status: 'done' },
  StageModel: { status: 'done' },
  FinalizeRun: { status: 'done', runStatus: 'SUCCEEDED', cells: { total: 1, valid: 1, invalid: 0, failed: 0 } },
  ReleaseRun: { status: 'done', warnings: [] },
  QueryPricePerformance: { status: 'done', query: { stage: 0, queryIds: [] } },
  PublishReport: { reportKey: 'report.html' },
};

import { task } from '../lambdas/some-task/task.ts';

export const stack = task;

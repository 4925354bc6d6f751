import { task } from '../lambdas/some-task/task.ts';
import { command } from '../cli/command.ts';

export const page = [task, command];

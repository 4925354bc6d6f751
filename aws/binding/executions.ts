import { SFNClient } from '@aws-sdk/client-sfn';
import type { EndedExecutions, Executions } from '#core/ports/executions.ts';
import { stepFunctionsExecutions } from '../executions/step-functions-executions.ts';
import { CLIENT_CONFIG } from './client-config.ts';
import { lazily } from './lazily.ts';

export const executions: Executions & EndedExecutions = lazily(() =>
  stepFunctionsExecutions(new SFNClient(CLIENT_CONFIG)),
);

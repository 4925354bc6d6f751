import { SNSClient } from '@aws-sdk/client-sns';
import type { Notifier } from '#core/ports/notifier.ts';
import { Variable } from '#core/stack/environment.ts';
import { snsNotifier } from '../notifier/sns-notifier.ts';
import { CLIENT_CONFIG } from './client-config.ts';
import { required } from './environment.ts';
import { lazily } from './lazily.ts';

export const notifier: Notifier = lazily(() => snsNotifier(new SNSClient(CLIENT_CONFIG), required(Variable.topicArn)));

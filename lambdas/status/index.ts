import { clusters } from '#aws/binding/clusters.ts';
import { connect } from '#aws/binding/kubernetes.ts';
import { store } from '#aws/binding/store.ts';
import { lambdaHandler } from '#aws/lambda/handler.ts';
import { status } from './task.ts';

export const handler = lambdaHandler('Status', status({ clusters, connect, store }));

import { page } from '../report/page.ts';
import { App } from 'aws-cdk-lib';

export const command = [App, page];

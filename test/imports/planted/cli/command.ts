import { page } from '../report/page.ts';
import { S3Client } from '@aws-sdk/client-s3';
import { App } from 'aws-cdk-lib';

export const command = [App, page, S3Client];

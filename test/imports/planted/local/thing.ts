import { Stack } from 'aws-cdk-lib';

export const thing: Stack | undefined = undefined;

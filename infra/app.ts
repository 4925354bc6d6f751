import { App } from 'aws-cdk-lib';
import { appConfig } from './app-config.ts';
import { StepBenchStack } from './stack.ts';

const app = new App();
const { stackName, ...props } = appConfig((key) => app.node.tryGetContext(key));
new StepBenchStack(app, stackName, props);

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, type AppProps, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { afterAll } from 'vitest';
import type { StepBenchProps } from '#infra/props.ts';
import { StepBenchStack } from '#infra/stack.ts';
import cdkJson from '../../../cdk.json' with { type: 'json' };

/** Each app has an assembly of its own; none outlives the tests. */
const assemblies = mkdtempSync(join(tmpdir(), 'stepbench-assemblies-'));
afterAll(() => rmSync(assemblies, { recursive: true, force: true }));

/** As `cdk synth` makes it, but for the code of functions: `aws:cdk:bundling-stacks` is how the CDK leaves it out. */
export const testApp = (props: AppProps = {}): App =>
  new App({
    analyticsReporting: false,
    outdir: mkdtempSync(join(assemblies, 'app-')),
    ...props,
    context: { ...cdkJson.context, 'aws:cdk:bundling-stacks': [], ...props.context },
  });

const testStack = (props: StepBenchProps = {}): StepBenchStack => new StepBenchStack(testApp(), 'StepBench', props);

export interface Resource {
  Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: properties are the resource type's
  Properties: any;
  DeletionPolicy?: string;
  UpdateReplacePolicy?: string;
}

export interface Synthesized {
  resources: Record<string, Resource>;
  // biome-ignore lint/suspicious/noExplicitAny: values are intrinsic functions of any form
  outputs: Record<string, { Value: any }>;
  template: Template;
}

export function synthesize(props: StepBenchProps = {}): Synthesized {
  const template = Template.fromStack(Stack.of(testStack(props)));
  const { Resources: resources, Outputs: outputs } = template.toJSON() as {
    Resources: Record<string, Resource>;
    Outputs: Synthesized['outputs'];
  };
  return { resources, outputs, template };
}

/** The one resource of a type, or the one whose logical id holds the text. */
export function resourceOf({ resources }: Synthesized, type: string, holding = ''): Resource & { id: string } {
  const found = Object.entries(resources).filter(([id, { Type }]) => Type === type && id.includes(holding));
  if (found.length !== 1) throw new Error(`${found.length} resources are a ${type} ${holding}`);
  const [id, resource] = found[0] as [string, Resource];
  return { id, ...resource };
}

export const resourcesOf = ({ resources }: Synthesized, type: string): (Resource & { id: string })[] =>
  Object.entries(resources).flatMap(([id, resource]) => (resource.Type === type ? [{ id, ...resource }] : []));

import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, expect, it } from 'vitest';

/** An npm workspace of somebody else's, with StepBench and their own app in it, as npm links them. */
const workspace = mkdtempSync(join(tmpdir(), 'stepbench-workspace-'));
afterAll(() => rmSync(workspace, { recursive: true, force: true }));

it('StepBench is a construct in the app of somebody else', () => {
  const modules = join(workspace, 'node_modules');
  mkdirSync(modules);
  for (const name of readdirSync('node_modules')) symlinkSync(resolve('node_modules', name), join(modules, name));
  symlinkSync(resolve('.'), join(modules, 'stepbench'));
  writeFileSync(join(workspace, 'package.json'), '{"type":"module"}');
  copyFileSync('examples/embedded-app.ts', join(workspace, 'app.ts'));
  const CDK_OUTDIR = join(workspace, 'cdk.out');
  const CDK_CONTEXT_JSON = JSON.stringify({ 'aws:cdk:bundling-stacks': [] });
  execFileSync(process.execPath, ['app.ts'], {
    cwd: workspace,
    env: { ...process.env, CDK_OUTDIR, CDK_CONTEXT_JSON },
    stdio: 'pipe',
  });
  const { Resources } = JSON.parse(readFileSync(join(CDK_OUTDIR, 'Team.template.json'), 'utf8'));
  const resources = Object.values(Resources) as { Type: string; Properties: { AlarmActions?: unknown[] } }[];
  const of = (type: string) => resources.filter(({ Type }) => Type === type);
  expect(of('AWS::StepFunctions::StateMachine')).toHaveLength(1);
  expect(of('AWS::Scheduler::Schedule')).toHaveLength(1);
  expect(of('AWS::CloudWatch::Alarm').every(({ Properties }) => Properties.AlarmActions?.length === 2)).toBe(true);
});

it('docs/embedding.md shows that app as it is', () => {
  expect(readFileSync('docs/embedding.md', 'utf8')).toContain(readFileSync('examples/embedded-app.ts', 'utf8'));
});

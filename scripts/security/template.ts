import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import cdkJson from '../../cdk.json' with { type: 'json' };

export interface Statement {
  Action: string | string[];
  Resource?: unknown;
  Principal?: { Service?: string | string[] };
  Condition?: Record<string, Record<string, unknown>>;
}

export interface Resource {
  Type: string;
  Properties: {
    AssumeRolePolicyDocument: { Statement: Statement[] };
    ManagedPolicyArns?: unknown[];
    PolicyDocument: { Statement: Statement[] };
    Roles: { Ref: string }[];
  };
  Metadata?: { 'aws:cdk:path'?: string };
}

/** The resources of the stack as the app makes them with no configuration; without the code of its functions. */
export function defaultTemplate(): Record<string, Resource> {
  const folder = mkdtempSync(join(tmpdir(), 'stepbench-template-'));
  const context = { ...cdkJson.context, 'aws:cdk:bundling-stacks': [], 'aws:cdk:enable-path-metadata': true };
  try {
    execFileSync(process.execPath, ['infra/app.ts'], {
      env: { ...process.env, CDK_OUTDIR: folder, CDK_CONTEXT_JSON: JSON.stringify(context) },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    return JSON.parse(readFileSync(join(folder, 'StepBench.template.json'), 'utf8')).Resources;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

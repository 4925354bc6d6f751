import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { GLUE_TYPE } from '#core/results/column.ts';
import { TABLES } from '#core/results/tables.ts';
import { TASK_NAMES } from '#core/workflow/tasks.ts';
import { resourceOf, resourcesOf, synthesize } from './support/synthesize.ts';

const stack = synthesize();

describe('the stack', () => {
  it('deploys the committed definition as it is, with a function behind every placeholder', () => {
    const { Properties } = resourceOf(stack, 'AWS::StepFunctions::StateMachine');
    const committed = readFileSync('statemachines/benchmark.asl.json', 'utf8');
    expect(Properties.DefinitionString).toBe(committed);
    const placeholders = [...new Set([...committed.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name))];
    expect(Object.keys(Properties.DefinitionSubstitutions)).toEqual(expect.arrayContaining(placeholders));
    for (const task of TASK_NAMES) {
      expect(JSON.stringify(Properties.DefinitionSubstitutions[task])).toContain(`Tasks${task}`);
    }
  });

  it('describes the results to Athena by the column table', () => {
    const tables = resourcesOf(stack, 'AWS::Glue::Table').map(({ Properties }) => Properties.TableInput);
    expect(tables.map(({ Name }) => Name).sort()).toEqual(Object.keys(TABLES).sort());
    for (const { Name, StorageDescriptor } of tables) {
      const { columns } = TABLES[Name as keyof typeof TABLES];
      expect(StorageDescriptor.Columns.map((one: { Name: string; Type: string }) => [one.Name, one.Type])).toEqual(
        columns.map(({ name, type }) => [name, GLUE_TYPE[type]]),
      );
    }
  });

  it('is the same each time, and of no account or region', () => {
    const text = JSON.stringify(stack.template.toJSON());
    expect(JSON.stringify(synthesize().template.toJSON())).toBe(text);
    expect(text).not.toMatch(/\d{12}:(role|cluster|function)|arn:aws:[a-z]+:[a-z]{2}-[a-z]+-\d/);
  });

  it('keeps what was measured: encrypted, versioned, by TLS only, and there when the stack is gone', () => {
    const bucket = resourcesOf(stack, 'AWS::S3::Bucket').find(({ id }) => id.includes('ResultsBucket'));
    // Deleted again where the very first deployment fails, and never after that.
    expect(bucket).toMatchObject({ DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' });
    const key = resourcesOf(stack, 'AWS::KMS::Key').find(({ id }) => id.includes('ResultsKey'));
    expect(key).toMatchObject({ DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' });
    expect(bucket?.Properties.VersioningConfiguration).toEqual({ Status: 'Enabled' });
    expect(JSON.stringify(bucket?.Properties.BucketEncryption)).toContain('aws:kms');
    expect(JSON.stringify(resourcesOf(stack, 'AWS::S3::BucketPolicy'))).toContain('"aws:SecureTransport":"false"');
  });

  it('has no name of its own that another stack, or the stack itself when it comes again, could find taken', () => {
    const named = resourcesOf(stack, 'AWS::Logs::LogGroup').filter(({ Properties }) => Properties.LogGroupName);
    // By the name of the machine, which is made unique with that of the stack.
    expect(named.map(({ Properties }) => Properties.LogGroupName)).toEqual([
      expect.stringMatching(/^\/aws\/vendedlogs\/states\/StepBench\w+$/),
    ]);
  });

  it('looks after runs whose machine is gone: at once, and every five minutes', () => {
    const rules = resourcesOf(stack, 'AWS::Events::Rule').map(({ Properties }) => Properties);
    const onEnd = rules.find(({ EventPattern }) => EventPattern !== undefined);
    expect(onEnd?.EventPattern.detail.status.toSorted()).toEqual(['ABORTED', 'FAILED', 'TIMED_OUT']);
    const schedules = [...rules, ...resourcesOf(stack, 'AWS::Scheduler::Schedule').map((one) => one.Properties)];
    expect(schedules.map(({ ScheduleExpression }) => ScheduleExpression)).toContain('rate(5 minutes)');
  });
});

it('refuses bad props all at once, before anything is synthesized', () => {
  expect(() => synthesize({ clusterName: '-', monthlyBudgetUsd: -1, emails: ['nobody'] })).toThrow(
    /clusterName[\s\S]*emails[\s\S]*monthlyBudgetUsd/,
  );
});

describe('the token of the hub', () => {
  const ARN = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:hub-token-AbC123';

  it('is named to ProvisionCluster, which alone may read it', () => {
    const text = synthesize({ cluster: { huggingFaceSecret: ARN } });
    const readers = resourcesOf(text, 'AWS::IAM::Policy').filter(({ Properties }) =>
      JSON.stringify(Properties.PolicyDocument).includes('secretsmanager:GetSecretValue'),
    );
    expect(readers.map(({ id }) => id.replace(/RoleDefault.*/, ''))).toEqual(['StepBenchTasksProvisionCluster']);
    expect(JSON.stringify(readers[0]?.Properties.PolicyDocument)).toContain(ARN);
  });

  it('is refused where somebody writes the token itself, or an ARN that is not whole', () => {
    for (const huggingFaceSecret of ['hf_abcdefghijkl', ARN.replace('-AbC123', '')]) {
      expect(() => synthesize({ cluster: { huggingFaceSecret } })).toThrow(/cluster\.huggingFaceSecret.*whole ARN/);
    }
  });
});

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { sdkAccount } from '#aws/stack/account.ts';
import { connectStack } from '#aws/stack/connect.ts';
import { sdkStacks } from '#aws/stack/stacks.ts';
import { openStack } from '#cli/stack/open-stack.ts';
import type { Stacks } from '#core/ports/stack.ts';
import { Output } from '#core/stack/outputs.ts';
import { VERSION } from '#core/stack/version.ts';
import { OUTPUTS } from '#test/cli/stack/fake-stack.ts';
import { type CloudFormationStub, startCloudFormation } from '../stub/cloudformation.ts';
import type { Stub } from '../stub/service.ts';
import { startSts } from '../stub/sts.ts';
import { pointedAt } from './pointed-at.ts';

let stub: CloudFormationStub;
let sts: Stub;
let stacks: Stacks;
beforeEach(async () => {
  stub = await startCloudFormation();
  sts = await startSts({ account: '111122223333', arn: 'arn:aws:iam::111122223333:user/me' });
  pointedAt({ CLOUDFORMATION: stub.url, STS: sts.url });
  stacks = sdkStacks('us-east-1');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await stub.close();
  await sts.close();
});

describe('stacks', () => {
  it('are found with what they say', async () => {
    stub.stacks.set('bench', { status: 'CREATE_COMPLETE', outputs: { ...OUTPUTS, Other: 'a <b> & "c"' } });
    expect(await stacks.find('bench')).toEqual({
      name: 'bench',
      status: 'CREATE_COMPLETE',
      drift: 'NOT_CHECKED',
      outputs: { ...OUTPUTS, Other: 'a <b> & "c"' },
    });
  });

  it('are found with why they are as they are, and whether somebody has changed them', async () => {
    stub.stacks.set('bench', { status: 'ROLLBACK_COMPLETE', reason: 'no <NAT>', drift: 'DRIFTED', outputs: {} });
    expect(await stacks.find('bench')).toMatchObject({
      status: 'ROLLBACK_COMPLETE',
      reason: 'no <NAT>',
      drift: 'DRIFTED',
    });
  });

  it('are not there when nobody deployed one: that is no error', async () => {
    expect(await stacks.find('nobody')).toBeUndefined();
  });

  it('are deleted by name, there or not, and on their way out until they are gone', async () => {
    stub.stacks.set('bench', { status: 'CREATE_COMPLETE', outputs: OUTPUTS });
    await stacks.delete('bench');
    await stacks.delete('nobody');
    expect(stub.deleted).toEqual(['bench', 'nobody']);
    expect(await stacks.find('bench')).toMatchObject({ status: 'DELETE_IN_PROGRESS' });
  });
});

describe('the stack that a command is about', () => {
  const open = (stack = 'bench') => openStack({ connectStack }, { stack });
  const deployed = (changes: Partial<Parameters<typeof stub.stacks.set>[1]>) =>
    stub.stacks.set('bench', { status: 'UPDATE_COMPLETE', outputs: OUTPUTS, ...changes });

  it('is opened over the wire, in the region and account of whoever asks', async () => {
    deployed({});
    const { region, account, output } = await open();
    expect([region, account, output(Output.resultsBucket)]).toEqual(['us-east-1', '111122223333', 'results']);
  });

  it.each<[string, Parameters<typeof deployed>[0], string, string]>([
    ['an older version', { outputs: { ...OUTPUTS, [Output.version]: '0.0.1' } }, 'stack-other-version', '0.0.1'],
    ['a newer version', { outputs: { ...OUTPUTS, [Output.version]: '9.0.0' } }, 'stack-other-version', VERSION],
    ['another program', { outputs: { Url: 'https://example.com' } }, 'stack-not-ours', Output.version],
    ['an unfinished deployment', { status: 'UPDATE_IN_PROGRESS' }, 'stack-unfinished', 'UPDATE_IN_PROGRESS'],
    ['a failed one', { status: 'ROLLBACK_COMPLETE', reason: 'quota' }, 'stack-unfinished', 'quota'],
  ])('is refused when it is that of %s, with what to do', async (_, changes, code, said) => {
    deployed(changes);
    await expect(open()).rejects.toMatchObject({
      code,
      message: expect.stringContaining(said),
      details: { nextStep: expect.stringMatching(/deploy/) },
    });
  });

  it('is refused by its name and place when there is none', async () => {
    await expect(open('nobody')).rejects.toMatchObject({
      code: 'stack-unknown',
      message: 'account 111122223333 has no stack of this name in us-east-1',
    });
  });
});

describe('the CDK’s own stack', () => {
  const version = () => sdkAccount('us-east-1').bootstrapVersion();
  it('says its version, once it was made', async () => {
    expect(await version()).toBeUndefined();
    stub.stacks.set('CDKToolkit', { status: 'CREATE_COMPLETE', outputs: { BootstrapVersion: '21', BucketName: 'b' } });
    expect(await version()).toBe(21);
  });

  it.each([{}, { BootstrapVersion: 'new' }])('is none of the CDK’s without a version: %j', async (outputs) => {
    stub.stacks.set('CDKToolkit', { status: 'CREATE_COMPLETE', outputs });
    expect(await version()).toBeUndefined();
  });
});

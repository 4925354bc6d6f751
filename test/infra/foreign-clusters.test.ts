import { describe, expect, it } from 'vitest';
import { type Authorization, allows, permissionsOf } from './support/allowed.ts';
import { deployedFrom } from './support/deployed.ts';
import { ourTags } from './support/eks-authorizations.ts';
import { shadowClusters } from './support/shadow-clusters.ts';
import { type Synthesized, synthesize } from './support/synthesize.ts';

const byDefault = synthesize();
const told = synthesize({ cluster: { foreignClusters: ['shared'] } });

/** What ProvisionCluster would be refused when it sets up a cluster with these tags. */
async function refused(stack: Synthesized, name: string, tags: Record<string, string>): Promise<string[]> {
  const settings = deployedFrom(stack).clusterSettings('ProvisionCluster');
  const asked: Authorization[] = [];
  for (const standing of [false, true]) {
    // As if the code itself did not look at whose it is.
    const stackName = Object.values(tags)[0] ?? settings.stackName;
    const willing = { ...settings, foreignClusters: [name], stackName };
    await shadowClusters(willing, { tags, standing }, (one) => asked.push(one)).ensureAccess(name);
  }
  const permissions = permissionsOf(stack, 'ProvisionCluster');
  return [...new Set(asked.filter((one) => !allows(permissions, one)).map(({ action }) => action))].sort();
}

describe('ProvisionCluster', () => {
  it('may set up a cluster of its stack', async () => {
    expect(await refused(byDefault, 'bench', ourTags('<AWS::StackName>'))).toEqual([]);
  });

  it.each([
    ['nobody', {}],
    ['another stack', ourTags('Other')],
  ])('may let nobody into a cluster of %s, itself neither', async (_, tags) => {
    expect(await refused(byDefault, 'bench', tags)).toEqual(
      expect.arrayContaining([
        'eks:CreateAccessEntry',
        'eks:CreatePodIdentityAssociation',
        'eks:UpdatePodIdentityAssociation',
      ]),
    );
  });

  it('may set up a cluster that the configuration names, and no other', async () => {
    expect(await refused(told, 'shared', {})).toEqual([]);
    expect(await refused(told, 'shared-2', {})).toContain('eks:CreateAccessEntry');
  });

  it('may not take the tag of another stack’s cluster', () => {
    const tagged = (tags: Record<string, string>) =>
      allows(permissionsOf(byDefault, 'ProvisionCluster'), {
        action: 'eks:TagResource',
        resource: 'arn:<AWS::Partition>:eks:<AWS::Region>:<AWS::AccountId>:cluster/bench',
        context: { 'aws:RequestTag/stepbench:stack': '<AWS::StackName>', ...tags },
      });
    expect(tagged({})).toBe(true);
    expect(tagged({ 'aws:ResourceTag/stepbench:stack': 'Other' })).toBe(false);
  });
});

it('a name that is a pattern is refused', () => {
  expect(() => synthesize({ cluster: { foreignClusters: ['*'] } })).toThrow(/foreignClusters "\*"/);
});

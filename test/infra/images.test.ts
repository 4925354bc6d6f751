import { describe, expect, it } from 'vitest';
import { IMAGES } from '#core/cluster/images.ts';
import { Variable } from '#core/stack/environment.ts';
import type { ImageProps } from '#infra/images.ts';
import { resourceOf, resourcesOf, type Synthesized, synthesize } from './support/synthesize.ts';

const REGISTRY = '123456789012.dkr.ecr.eu-central-1.amazonaws.com/stepbench';
const DIGEST = `sha256:${'a'.repeat(64)}`;

/** Characters of a variable when it is deployed: a reference is as long as an ARN or a name may be. */
function length(value: unknown): number {
  if (typeof value === 'string') return value.length;
  const { 'Fn::Join': join } = value as { 'Fn::Join'?: [string, unknown[]] };
  return join === undefined ? LONGEST_REFERENCE : join[1].reduce<number>((sum, part) => sum + length(part), 0);
}

const LONGEST_REFERENCE = 90;

const variablesOf = (stack: Synthesized) =>
  resourcesOf(stack, 'AWS::Lambda::Function').map(({ Properties }) => ({
    name: /^StepBench (\w+)/.exec(Properties.Description)?.[1] ?? '',
    variables: Properties.Environment.Variables as Record<string, unknown>,
  }));

const nodeStatements = (stack: Synthesized) =>
  resourcesOf(stack, 'AWS::IAM::Policy')
    .filter(({ id }) => id.includes('NodeRole'))
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement);

describe('the images of a stack', () => {
  it('are those that the code pins, by default', () => {
    const stack = synthesize();
    expect(variablesOf(stack).filter(({ variables }) => Variable.images in variables)).toEqual([]);
    expect(nodeStatements(stack)).toEqual([]);
  });

  it('are told to every function that makes a pod', () => {
    const told = variablesOf(synthesize({ images: { registry: REGISTRY, digests: { [IMAGES.engine]: DIGEST } } }));
    const images = new Map(told.map(({ name, variables }) => [name, variables[Variable.images] as string]));
    const makers = ['CheckModel', 'DeployModel', 'LaunchJob', 'ProvisionCluster', 'StageModel'];
    expect(
      [...images]
        .filter(([, text]) => text !== undefined)
        .map(([name]) => name)
        .sort(),
    ).toEqual(makers);
    for (const name of makers) {
      const pulled = JSON.parse(images.get(name) as string);
      const { 'gpu-exporter': exporter, ...others } = IMAGES;
      const its = name === 'ProvisionCluster' ? [exporter] : Object.values(others);
      expect(Object.keys(pulled).sort()).toEqual(its.toSorted());
      const engine = `${REGISTRY}/${IMAGES.engine}@${DIGEST}`;
      expect(pulled[IMAGES.engine]).toBe(name === 'ProvisionCluster' ? undefined : engine);
    }
  });

  it('fit into the 4 KB that a function’s variables may have, with the longest that can be asked for', () => {
    const digests = Object.fromEntries(Object.values(IMAGES).map((image) => [image, DIGEST]));
    const registry = `${REGISTRY}/${'x'.repeat(60)}`;
    for (const { name, variables } of variablesOf(synthesize({ images: { registry, digests } }))) {
      const bytes = Object.entries(variables).reduce((sum, [key, value]) => sum + key.length + length(value), 0);
      expect(bytes, name).toBeLessThan(4096);
    }
  });

  it('come through a cache: nodes may import and make repositories under its prefix, and nowhere else', () => {
    const stack = synthesize({ images: { pullThrough: { 'public.ecr.aws': 'ecr-public' } } });
    const [statement, ...more] = nodeStatements(stack);
    expect(more).toEqual([]);
    expect(statement.Action).toEqual(['ecr:BatchImportUpstreamImage', 'ecr:CreateRepository']);
    expect(JSON.stringify(statement.Resource)).toMatch(/:repository\/ecr-public\/\*"/);
    const { Properties } = resourceOf(stack, 'AWS::IAM::Role', 'ClusterAccessNodeRole');
    expect(JSON.stringify(Properties.ManagedPolicyArns)).toContain('AmazonEC2ContainerRegistryPullOnly');
  });
});

describe('bad images', () => {
  const bad: [string, ImageProps, RegExp][] = [
    ['a digest of another version', { digests: { 'vllm/vllm-openai:v0.0.1': DIGEST } }, /v0\.0\.1.*this version pulls/],
    ['a digest that is none', { digests: { [IMAGES.engine]: 'sha256:abc' } }, /images\.digests.*64 of 0-9/],
    ['a registry that is not ECR', { registry: 'ghcr.io/me' }, /images\.registry "ghcr\.io\/me"/],
    ['a registry with a scheme', { registry: `https://${REGISTRY}` }, /without https/],
    ['a registry with a slash at its end', { registry: `${REGISTRY}/` }, /without a \/ at the end/],
    ['a prefix with capitals', { pullThrough: { 'docker.io': 'Docker' } }, /images\.pullThrough docker\.io "Docker"/],
  ];
  it.each(bad)('%s is refused before anything is synthesized', (_, images, message) => {
    expect(() => synthesize({ images })).toThrow(message);
  });
});

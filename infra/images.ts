import { Aws, Token } from 'aws-cdk-lib';
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import { IMAGES, parseImage, pulledImages, type Upstream } from '#core/cluster/images.ts';

/** Registries that ECR can keep a cache of. It has no rule for nvcr.io. */
export type CachedUpstream = Exclude<Upstream, 'nvcr.io'>;

export interface ImageProps {
  /**
   * Digests by the references that this version pins (docs/security.md lists them), such as
   * `{ 'vllm/vllm-openai:v0.32.0': 'sha256:...' }`. A tag can be pushed again; a digest cannot. One whose reference is
   * not pinned any more is refused: the digest would win over the new version's tag.
   * @default none: by tag
   */
  digests?: Record<string, string>;
  /**
   * A registry of ECR that holds a copy of every image under its own name, with a prefix if you like:
   * `123456789012.dkr.ecr.eu-central-1.amazonaws.com/stepbench` has `stepbench/vllm/vllm-openai:v0.32.0` and so on.
   * Nodes may pull from it; a registry of another account has to let them in by its repositories' policies.
   * @default each from where it is published
   */
  registry?: string;
  /**
   * Prefixes of pull-through cache rules in this account and region, by the registry that each is for, such as
   * `{ 'public.ecr.aws': 'ecr-public' }`. Before `registry`, and for the images of that registry only.
   * @default none
   */
  pullThrough?: Partial<Record<CachedUpstream, string>>;
}

const DIGEST = /^sha256:[0-9a-f]{64}$/;
/** ECR's rules for repositories: parts of lower-case letters, digits and single separators. */
const PART = '[a-z0-9]+(?:[._-][a-z0-9]+)*';
const PREFIX = new RegExp(`^${PART}(?:/${PART})*$`);
const REGISTRY = new RegExp(`^\\d{12}\\.dkr\\.ecr\\.[a-z0-9-]+\\.amazonaws\\.com(?:\\.cn)?(?:/${PART})*$`);

export function imageProblems({ digests = {}, registry, pullThrough = {} }: ImageProps): string[] {
  const problems: string[] = [];
  const pinned: readonly string[] = Object.values(IMAGES);
  for (const [image, digest] of Object.entries(digests)) {
    const at = `images.digests ${JSON.stringify(image)}`;
    if (!pinned.includes(image)) problems.push(`${at}: this version pulls ${pinned.join(', ')}.`);
    if (!DIGEST.test(digest)) problems.push(`${at} ${JSON.stringify(digest)}: sha256: and 64 of 0-9 and a-f.`);
  }
  if (registry !== undefined && !Token.isUnresolved(registry) && !REGISTRY.test(registry)) {
    problems.push(
      `images.registry ${JSON.stringify(registry)}: a registry of ECR, such as ` +
        '123456789012.dkr.ecr.eu-central-1.amazonaws.com/stepbench, without https:// and without a / at the end.',
    );
  }
  for (const [upstream, prefix] of Object.entries(pullThrough)) {
    if (!PREFIX.test(prefix)) {
      problems.push(
        `images.pullThrough ${upstream} ${JSON.stringify(prefix)}: the prefix of a rule, such as ecr-public.`,
      );
    }
  }
  return problems;
}

/** What pods are pulled by, by pinned reference; undefined where that is the pinned reference itself. */
export function imagesOf({ digests, registry, pullThrough = {} }: ImageProps): Record<string, string> | undefined {
  if (digests === undefined && registry === undefined && Object.keys(pullThrough).length === 0) return undefined;
  const own = `${Aws.ACCOUNT_ID}.dkr.ecr.${Aws.REGION}.${Aws.URL_SUFFIX}`;
  const upstreams = Object.fromEntries(
    Object.entries(pullThrough).map(([upstream, prefix]) => [upstream, `${own}/${prefix}`]),
  );
  return pulledImages({ copies: registry, upstreams, digests });
}

/**
 * AmazonEC2ContainerRegistryPullOnly lets nodes pull what is there, and import it through a cache; the repository of an
 * image that was never pulled they must make, too.
 */
export function letPullThrough(nodeRole: Role, { pullThrough = {} }: ImageProps): void {
  const used = new Set(Object.values(IMAGES).map((image): string => parseImage(image).registry));
  const prefixes = Object.entries(pullThrough).flatMap(([upstream, prefix]) => (used.has(upstream) ? [prefix] : []));
  if (prefixes.length === 0) return;
  nodeRole.addToPolicy(
    new PolicyStatement({
      actions: ['ecr:BatchImportUpstreamImage', 'ecr:CreateRepository'],
      resources: [...new Set(prefixes)].map(
        (prefix) => `arn:${Aws.PARTITION}:ecr:${Aws.REGION}:${Aws.ACCOUNT_ID}:repository/${prefix}/*`,
      ),
    }),
  );
}

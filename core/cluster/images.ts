import { VLLM_IMAGE } from '../engines/vllm.ts';
import { aiperf } from '../generators/aiperf/aiperf.ts';
import { genaiPerf } from '../generators/genai-perf/genai-perf.ts';
import { GPU_EXPORTER_IMAGE } from './gpu-exporter.ts';
import { STAGER_IMAGE } from './stager.ts';
import { UPLOADER_IMAGE } from './uploader.ts';

/** Every image that a pod of ours runs, by what runs in it. Each is pinned to a version where it is used. */
export const IMAGES = {
  engine: VLLM_IMAGE,
  'genai-perf': genaiPerf.image,
  aiperf: aiperf.image,
  /** Fetches tokenizers, too. */
  uploader: UPLOADER_IMAGE,
  stager: STAGER_IMAGE,
  'gpu-exporter': GPU_EXPORTER_IMAGE,
} as const satisfies Record<string, string>;

/** Registries that the pinned images come from. */
export const UPSTREAMS = ['docker.io', 'nvcr.io', 'public.ecr.aws'] as const;

export type Upstream = (typeof UPSTREAMS)[number];

interface Reference {
  registry: Upstream;
  /** Repository and tag: `vllm/vllm-openai:v0.32.0`. */
  name: string;
}

/** A reference without a registry is Docker Hub's. */
export function parseImage(image: string): Reference {
  const registry = UPSTREAMS.find((one) => image.startsWith(`${one}/`));
  return registry === undefined
    ? { registry: 'docker.io', name: image }
    : { registry, name: image.slice(registry.length + 1) };
}

export interface ImageSources {
  /** Registry, and prefix in it, that holds copies of all images under their own names. */
  copies?: string | undefined;
  /** The same for the images of one registry; before `copies`. */
  upstreams?: Partial<Record<Upstream, string>> | undefined;
  /** `sha256:...` by pinned reference. */
  digests?: Readonly<Record<string, string>> | undefined;
}

/**
 * Which reference is pulled in the place of each pinned one, where it is another. The tag stays beside a digest: rows
 * say by it which version of the engine was measured.
 */
export function pulledImages({ copies, upstreams = {}, digests = {} }: ImageSources): Record<string, string> {
  return Object.fromEntries(
    Object.values(IMAGES).map((image) => {
      const { registry, name } = parseImage(image);
      const place = upstreams[registry] ?? copies;
      const pulled = place === undefined ? image : `${place}/${name}`;
      const digest = digests[image];
      return [image, digest === undefined ? pulled : `${pulled}@${digest}`];
    }),
  );
}

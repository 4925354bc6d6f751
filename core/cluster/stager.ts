import type { ContainerSpec } from './manifests/pod-parts.ts';

/** Has Python, pip's tools and a shell; the hub's client is installed at its pinned version. */
export const STAGER_IMAGE = 'public.ecr.aws/docker/library/python:3.12.11-slim-bookworm';

/** Fixed text: the model's name and the destination come from the environment. */
const STAGE = [
  'set -eu',
  'pip install --quiet --no-cache-dir huggingface_hub==1.33.0 awscli==1.42.0',
  'hf download "$MODEL" --local-dir "$STAGE_DIR"',
  'aws s3 cp --recursive --only-show-errors "$STAGE_DIR/" "s3://$RESULTS_BUCKET/$UPLOAD_PREFIX"',
  'echo staged | aws s3 cp --only-show-errors - "s3://$RESULTS_BUCKET/${UPLOAD_PREFIX}.staged"',
].join('\n');

export const stager: ContainerSpec = { image: STAGER_IMAGE, command: ['/bin/sh', '-c', STAGE] };

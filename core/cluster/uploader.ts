import type { ContainerSpec } from './manifests/pod-parts.ts';

/** AWS's own command line, which takes its credentials from Pod Identity. */
export const UPLOADER_IMAGE = 'public.ecr.aws/aws-cli/aws-cli:2.31.0';

/**
 * Fixed text: nothing of the matrix is in it. Everything is uploaded first, whatever the generator's end
 * was; then its exit code becomes the pod's.
 */
const UPLOAD = [
  'set -eu',
  'aws s3 cp --recursive --only-show-errors "$ARTIFACT_DIR/" "s3://$RESULTS_BUCKET/$UPLOAD_PREFIX"',
  'exit "$(cat "$ARTIFACT_DIR/exit-code" 2>/dev/null || echo 1)"',
].join('\n');

export const uploader: ContainerSpec = { image: UPLOADER_IMAGE, command: ['/bin/sh', '-c', UPLOAD] };

import { ErrorName } from '../workflow/errors.ts';
import { type ContainerSpec, ORDINARY_USER } from './manifests/pod-parts.ts';

/** AWS's own command line, which takes its credentials from Pod Identity. */
export const UPLOADER_IMAGE = 'public.ecr.aws/aws-cli/aws-cli:2.31.0';

/**
 * What the uploader ends with when the artifacts did not reach the store, as sysexits.h names such ends
 * (EX_CANTCREAT, EX_IOERR, EX_NOPERM); no generator has these codes. With any other it passes on the generator's.
 */
export const UploadExit = { storeFull: 73, storeFailed: 74, storeDenied: 77 } as const;

const ERRORS: ReadonlyMap<number, ErrorName> = new Map([
  [UploadExit.storeFull, ErrorName.StoreFull],
  [UploadExit.storeFailed, ErrorName.ArtifactsMissing],
  [UploadExit.storeDenied, ErrorName.StoreDenied],
]);

/** The error of a cell whose uploader ended so; undefined when the store has all of its artifacts. */
export const uploadError = (exitCode: number): ErrorName | undefined => ERRORS.get(exitCode);

/**
 * Fixed text: nothing of the matrix is in it. Everything is uploaded first, whatever the generator's end
 * was; then its exit code becomes the pod's.
 */
const UPLOAD = [
  'set -eu',
  `aws s3 cp --recursive --only-show-errors "$ARTIFACT_DIR/" "s3://$RESULTS_BUCKET/$UPLOAD_PREFIX" || exit ${UploadExit.storeFailed}`,
  'exit "$(cat "$ARTIFACT_DIR/exit-code" 2>/dev/null || echo 1)"',
].join('\n');

/** It only reads, and what a generator writes as root all may read: it needs no root itself. */
export const uploader: ContainerSpec = {
  image: UPLOADER_IMAGE,
  command: ['/bin/sh', '-c', UPLOAD],
  user: ORDINARY_USER,
};

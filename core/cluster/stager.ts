import { HUB_TOKEN } from './hugging-face.ts';
import { type ContainerSpec, ORDINARY_USER } from './manifests/pod-parts.ts';

/** Has Python and pip; the hub's and AWS's clients are installed at their pinned versions. */
export const STAGER_IMAGE = 'public.ecr.aws/docker/library/python:3.12.11-slim-bookworm';

/** One shard at a time: EKS Auto Mode's nodes have 80 GiB of disk, and the largest models many times that. */
export const STAGER_DISK_GIB = 40;

/**
 * Fixed text: the model's name and the destination come from the environment. The marker is written last. All that it
 * writes is in STAGE_DIR: the image's own folders belong to root.
 */
const STAGE = [
  'import os, subprocess, sys',
  'model, folder = os.environ["MODEL"], os.environ["STAGE_DIR"]',
  'packages = os.path.join(folder, ".packages")',
  'python = [sys.executable, "-m"]',
  'pinned = ["huggingface_hub==1.33.0", "awscli==1.42.0"]',
  'subprocess.check_call([*python, "pip", "install", "--quiet", "--no-cache-dir", "--target", packages, *pinned])',
  'sys.path.insert(0, packages)',
  'os.environ["PYTHONPATH"] = packages',
  'from huggingface_hub import HfApi, hf_hub_download',
  'target = "s3://" + os.environ["RESULTS_BUCKET"] + "/" + os.environ["UPLOAD_PREFIX"]',
  'copy = lambda source, key, **more: subprocess.run([*python, "awscli", "s3", "cp", "--only-show-errors", source, target + key], check=True, **more)',
  'for name in HfApi().list_repo_files(model):',
  '    path = hf_hub_download(model, name, local_dir=folder)',
  '    copy(path, name)',
  '    os.remove(path)',
  'copy("-", ".staged", input=b"staged\\n")',
].join('\n');

export const stager: ContainerSpec = {
  image: STAGER_IMAGE,
  command: ['python3', '-c', STAGE],
  env: { HOME: '$(STAGE_DIR)' },
  secretEnv: HUB_TOKEN,
  user: ORDINARY_USER,
};

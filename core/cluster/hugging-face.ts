import type { SecretValue } from './manifests/pod-parts.ts';

/** The Secret in the namespace with the token for gated models, and the key of it there. */
export const HUGGING_FACE_SECRET = 'stepbench-hugging-face';
export const HUGGING_FACE_KEY = 'HF_TOKEN';

/** For whatever asks the hub: its clients read the variable. Most models need no token, and most stacks have none. */
export const HUB_TOKEN: Readonly<Record<string, SecretValue>> = {
  HF_TOKEN: { secret: HUGGING_FACE_SECRET, key: HUGGING_FACE_KEY, optional: true },
};

/**
 * The Secret in the namespace with the token for gated models, under the key `HF_TOKEN`. Optional wherever it is
 * referred to: most models need none.
 */
export const HUGGING_FACE_SECRET = 'stepbench-hugging-face';
export const HUGGING_FACE_KEY = 'HF_TOKEN';

import { hash } from 'node:crypto';

/**
 * Content hashes that name deployments and cells. They are part of object names in Kubernetes, of keys in the store
 * and of rows: the same deployment and the same cell have the same id in every run, so that runs resume and compare.
 * Changing what is hashed, or how, orphans every row that was ever written: the golden test says so.
 */
interface DeploymentIdentity {
  engine: string;
  engineArguments: readonly string[];
  instanceType: string;
  model: string;
  pipelineParallel: number;
  shmGiB: number;
  tensorParallel: number;
}

interface LoadIdentity {
  concurrency: number | null;
  dataset: string;
  endpoint: string;
  isl: number;
  islStddev: number;
  osl: number;
  oslStddev: number;
  repeat: number;
  requestRate: number | null;
  streaming: boolean;
}

/**
 * 12 characters of base 32 are 60 bits: among 250,000 cells two meet with a chance of 3e10 / 1e18. It is checked
 * all the same. Lower-case letters and digits only, so an id may stand in any name of Kubernetes.
 */
const ID_LENGTH = 12;
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';

function shortHash(content: string): string {
  const bytes = hash('sha256', content, 'buffer');
  let id = '';
  let buffer = 0;
  let bits = 0;
  for (let byte = 0; id.length < ID_LENGTH; byte++) {
    buffer = ((buffer << 8) | (bytes[byte] as number)) & 0xffff;
    bits += 8;
    while (bits >= 5 && id.length < ID_LENGTH) {
      bits -= 5;
      id += ALPHABET[(buffer >> bits) & 31];
    }
  }
  return id;
}

/** Every axis of the deployment but the capacity type: spot or not, it measures the same. */
export const deploymentId = (of: DeploymentIdentity): string =>
  shortHash(
    JSON.stringify([
      'deployment/1',
      of.engine,
      of.engineArguments,
      of.instanceType,
      of.model,
      of.pipelineParallel,
      of.shmGiB,
      of.tensorParallel,
    ]),
  );

/** Every load axis and the repeat, on that deployment; neither price nor budget nor attempt. */
export const cellId = (deployment: string, of: LoadIdentity): string =>
  shortHash(
    JSON.stringify([
      'cell/1',
      deployment,
      of.concurrency,
      of.dataset,
      of.endpoint,
      of.isl,
      of.islStddev,
      of.osl,
      of.oslStddev,
      of.repeat,
      of.requestRate,
      of.streaming,
    ]),
  );

/** A non-negative 31-bit number, as every generator takes for its random seed; no two cells send the same prompts. */
export function cellSeed(id: string): number {
  let seed = 0;
  for (const character of id) seed = (seed * 32 + ALPHABET.indexOf(character)) % 0x7fff_ffff;
  return seed;
}

import { hash } from 'node:crypto';
import type { Weights } from './engine.ts';

/** A model's name has slashes and capitals; its folder and its Job want neither. */
export const modelHash = (model: string): string => hash('sha256', model).slice(0, 12);

/** Where StageModel puts a model, once for all runs. */
export const weightsPrefix = (model: string): string => `models/${modelHash(model)}/`;

/** Written last: the model is whole. */
export const stagedKey = (model: string): string => `${weightsPrefix(model)}.staged`;

export const weightsOf = (staging: 'bucket' | 'hub', model: string, bucket: string): Weights =>
  staging === 'hub' ? { from: 'hub' } : { from: 'bucket', uri: `s3://${bucket}/${weightsPrefix(model)}` };

/** What extrapolation needs to know about a model. Parameters in billions, weights in GiB. */
export interface ModelSize {
  weightsGiB: number;
  activeParameters: number;
  /** Keys and values of one token, all layers. */
  kvBytesPerToken: number;
  /** How this was found, for people. */
  basis: string;
}

/** From the model cards: 24 and 36 layers, 8 KV heads of 64, BF16 keys and values; MXFP4 weights. */
const GPT_OSS_20B: ModelSize = {
  weightsGiB: 12.8,
  activeParameters: 3.6,
  kvBytesPerToken: 24 * 2 * 8 * 64 * 2,
  basis: 'its model card',
};
const GPT_OSS_120B: ModelSize = {
  weightsGiB: 60.8,
  activeParameters: 5.1,
  kvBytesPerToken: 36 * 2 * 8 * 64 * 2,
  basis: 'its model card',
};

/** BF16: two bytes a parameter. */
const GIB_PER_BILLION = (2 * 1e9) / 2 ** 30;

/** 128 KiB a token is Llama 3.1 8B; with grouped queries it grows far slower than the parameters. */
const KV_BYTES_OF_8B = 131_072;

/** A model the simulator does not know is dense and BF16, of the size its name says (`...-8B-...`). */
export function modelSize(model: string): ModelSize {
  const name = model.toLowerCase();
  if (name.includes('gpt-oss-120b')) return GPT_OSS_120B;
  if (name.includes('gpt-oss-20b')) return GPT_OSS_20B;
  const billions = Number(/(?:^|[^a-z0-9.])(\d+(?:\.\d+)?)b(?:[^a-z0-9]|$)/.exec(name)?.[1]);
  if (!(billions > 0)) return { ...GPT_OSS_20B, basis: 'gpt-oss-20b in its place, since its name tells no size' };
  return {
    weightsGiB: billions * GIB_PER_BILLION,
    activeParameters: billions,
    kvBytesPerToken: KV_BYTES_OF_8B * Math.sqrt(billions / 8),
    basis: `${billions} billion dense BF16 parameters, as its name says`,
  };
}

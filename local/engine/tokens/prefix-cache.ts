import { hash32 } from '../model/noise.ts';

/**
 * vLLM's automatic prefix caching in outline: whole blocks of a prompt are known by a hash over everything up to their
 * end; the least recently used leave first. At least one token of a prompt is always computed.
 */
export class PrefixCache {
  private readonly blocks = new Map<string, true>();
  private readonly blockSizeTokens: number;
  private readonly maxBlocks: number;

  constructor(blockSizeTokens: number, maxBlocks: number) {
    this.blockSizeTokens = blockSizeTokens;
    this.maxBlocks = maxBlocks;
  }

  /** How many of the prompt's tokens were there already; afterwards all its whole blocks are. */
  lookUp(tokens: readonly number[]): number {
    const usable = Math.floor((tokens.length - 1) / this.blockSizeTokens);
    const whole = Math.floor(tokens.length / this.blockSizeTokens);
    let hit = 0;
    let known = true;
    let key = '';
    for (let block = 0; block < whole; block++) {
      const span = tokens.slice(block * this.blockSizeTokens, (block + 1) * this.blockSizeTokens).join();
      // Two seeds make 64 bits: one of 32 would collide within some ten thousand blocks.
      key = `${hash32(key + span, 1)}.${hash32(span + key, 2)}`;
      known &&= this.blocks.delete(key);
      if (known && block < usable) hit++;
      this.blocks.set(key, true);
    }
    for (const oldest of this.blocks.keys()) {
      if (this.blocks.size <= this.maxBlocks) break;
      this.blocks.delete(oldest);
    }
    return hit * this.blockSizeTokens;
  }

  reset(): void {
    this.blocks.clear();
  }
}

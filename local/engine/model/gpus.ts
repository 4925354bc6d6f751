/** NVIDIA's data sheets: memory and bandwidth of one GPU, dense BF16 tensor throughput. */
export interface Gpu {
  name: string;
  memoryGiB: number;
  bandwidthGBPerS: number;
  denseTflops: number;
}

const A10G: Gpu = { name: 'A10G', memoryGiB: 22.5, bandwidthGBPerS: 600, denseTflops: 70 };
const L4: Gpu = { name: 'L4', memoryGiB: 22.5, bandwidthGBPerS: 300, denseTflops: 121 };
const L40S: Gpu = { name: 'L40S', memoryGiB: 44.5, bandwidthGBPerS: 864, denseTflops: 362 };

/** By EC2 instance family. */
const FAMILIES: Record<string, Gpu> = {
  g4dn: { name: 'T4', memoryGiB: 15, bandwidthGBPerS: 320, denseTflops: 65 },
  g5: A10G,
  g6: L4,
  gr6: L4,
  g6e: L40S,
  p4d: { name: 'A100 40GB', memoryGiB: 39.5, bandwidthGBPerS: 1555, denseTflops: 312 },
  p4de: { name: 'A100 80GB', memoryGiB: 79.3, bandwidthGBPerS: 2039, denseTflops: 312 },
  p5: { name: 'H100', memoryGiB: 79.6, bandwidthGBPerS: 3350, denseTflops: 989 },
  p5e: { name: 'H200', memoryGiB: 140.4, bandwidthGBPerS: 4800, denseTflops: 989 },
  p5en: { name: 'H200', memoryGiB: 140.4, bandwidthGBPerS: 4800, denseTflops: 989 },
};

/** The GPU of an instance type such as `g5.12xlarge`; undefined for families that the simulator has no facts of. */
export const gpuOf = (instanceType: string): Gpu | undefined => FAMILIES[instanceType.split('.')[0] ?? ''];

export const knownFamilies = (): string[] => Object.keys(FAMILIES);

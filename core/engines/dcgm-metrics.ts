/**
 * Fields of NVIDIA's DCGM exporter that are stored, under the names of its shipped collector list
 * (`etc/default-counters.csv`): utilisation in %, power in W, frame buffer in MiB, a series for each GPU.
 */
export const DcgmField = {
  utilisation: 'DCGM_FI_DEV_GPU_UTIL',
  power: 'DCGM_FI_DEV_POWER_USAGE',
  memory: 'DCGM_FI_DEV_FB_USED',
} as const;

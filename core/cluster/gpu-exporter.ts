/**
 * NVIDIA's DCGM exporter: DCGM's own version, then the exporter's, as their releases pair them. `distroless` has no
 * shell in it.
 */
export const GPU_EXPORTER_IMAGE = 'nvcr.io/nvidia/k8s/dcgm-exporter:4.5.3-4.8.2-distroless';

export const GPU_EXPORTER_PORT = 9400;

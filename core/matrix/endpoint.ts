import type { EndpointTarget } from '../plan/types.ts';
import type { GpuInstanceFacts } from '../pricing/gpu-instances.ts';
import type { EndpointDocument } from './endpoint-schema.ts';

/** An endpoint of the matrix as the plan has it. */
export function endpointTarget(given: EndpointDocument): EndpointTarget {
  const { url, headersFrom, caCertificates, gpuMetricsUrl, pinsOutputLength, tokenCounts, tokenizer } = given;
  return {
    url: baseUrl(url),
    headersFrom,
    ...(caCertificates !== undefined && { caCertificates }),
    ...(gpuMetricsUrl !== undefined && { gpuMetricsUrl }),
    pinsOutputLength,
    tokenCounts,
    ...(tokenizer !== undefined && { tokenizer }),
  };
}

/** `https://host/prefix/v1/` -> `https://host/prefix`. A host of capitals and a default port are written one way. */
function baseUrl(url: string): string {
  const parsed = URL.parse(url);
  return parsed === null ? url : `${parsed.origin}${parsed.pathname.replace(/\/+$/, '').replace(/\/v1$/, '')}`;
}

/** What is known of a machine that nobody described: 0 stands for unknown. */
export const endpointFacts = (given: EndpointDocument | undefined): GpuInstanceFacts => ({
  gpuName: given?.gpuName ?? '',
  gpuCount: given?.gpuCount ?? 0,
  gpuMemoryMiB: 0,
  vcpus: 0,
  memoryGiB: 0,
});

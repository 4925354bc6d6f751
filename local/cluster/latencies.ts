/** How long the cluster's own doings take, in ms. */
export interface Latencies {
  clusterCreateMs: number;
  clusterDeleteMs: number;
  /** Until EC2 says yes or no to a request for an instance. */
  launchCallMs: number;
  /** Between a refusal and the next request. */
  capacityRetryMs: number;
  /** From the instance's launch to a Ready node. */
  nodeLaunchMs: number;
  /** From the end of the drain to the end of the Node object. */
  nodeTerminationMs: number;
  /** And from there until the instance is terminated. */
  instanceGoneMs: number;
  /** Of an image that the node does not have yet. */
  imagePullMs: (image: string) => number;
  /** Between two looks of a probe; the manifest's own period when left out. */
  probePeriodMs?: number;
}

const minuteMs = 60_000;

/**
 * What AWS takes. Sources: EKS says about 15 min for a control plane (13-16 measured); a G5 node is Ready
 * after about 90 s and pulls the 10 GB of vLLM's image in about 4 min; the other images are of 1-2 GB.
 */
export const AWS_LATENCIES: Latencies = {
  clusterCreateMs: 15 * minuteMs,
  clusterDeleteMs: 10 * minuteMs,
  launchCallMs: 1_200,
  capacityRetryMs: 3_000,
  nodeLaunchMs: 90_000,
  nodeTerminationMs: 10_000,
  instanceGoneMs: 30_000,
  imagePullMs: (image) => (/vllm/.test(image) ? 4 * minuteMs : 45_000),
};

/** What AWS takes to load gpt-oss-20b from the bucket. */
export const ENGINE_LOAD_MS = 120_000;

/** For real processes on this machine: long enough to be seen, too short to be waited for. */
export const LOCAL_LATENCIES: Latencies = {
  clusterCreateMs: 0,
  clusterDeleteMs: 0,
  launchCallMs: 50,
  capacityRetryMs: 200,
  nodeLaunchMs: 300,
  nodeTerminationMs: 50,
  instanceGoneMs: 50,
  imagePullMs: () => 100,
  probePeriodMs: 200,
};

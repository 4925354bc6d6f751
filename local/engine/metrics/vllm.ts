import { Histogram, type Metric, Samples } from './prometheus.ts';

/** A finished request, as vLLM's histograms see it. Times in seconds. */
export interface FinishedRequest {
  promptTokens: number;
  outputTokens: number;
  maxTokens: number;
  queueS: number;
  prefillS: number;
  decodeS: number;
  reason: 'length' | 'stop';
}

export interface SchedulerState {
  running: number;
  waiting: number;
  /** 0 to 1. */
  kvCacheUsage: number;
}

/** Bounds as vLLM 0.32 has them. */
const TTFT_S = [
  0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80, 160, 640, 2560,
];
const TOKEN_S = [0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80];
const REQUEST_S = [0.3, 0.5, 0.8, 1, 1.5, 2, 2.5, 5, 10, 15, 20, 30, 40, 50, 60, 120, 240, 480, 960, 1920, 7680];

/** 1, 2, 5, 10, ... up to the longest request. */
function lengthBounds(maxModelLen: number): number[] {
  const bounds: number[] = [];
  for (let decade = 1; decade <= maxModelLen; decade *= 10) {
    bounds.push(...[1, 2, 5].map((step) => step * decade).filter((bound) => bound <= maxModelLen));
  }
  return bounds;
}

const FINISHED_REASONS = ['stop', 'length', 'abort', 'error', 'repetition'];

/** vLLM's `/metrics`: the names, labels and buckets that dashboards and load generators look for. */
export class VllmMetrics {
  private readonly labels: Record<string, string>;
  private readonly metrics: Metric[] = [];
  private readonly running: Samples;
  private readonly waiting: Samples;
  private readonly kvCacheUsage: Samples;
  private readonly prefixQueries: Samples;
  private readonly prefixHits: Samples;
  private readonly promptTokens: Samples;
  private readonly generationTokens: Samples;
  private readonly success: Samples;
  private readonly requestPromptTokens: Histogram;
  private readonly requestGenerationTokens: Histogram;
  private readonly paramsMaxTokens: Histogram;
  private readonly ttft: Histogram;
  private readonly interToken: Histogram;
  private readonly perOutputToken: Histogram;
  private readonly endToEnd: Histogram;
  private readonly queueTime: Histogram;
  private readonly inferenceTime: Histogram;
  private readonly prefillTime: Histogram;
  private readonly decodeTime: Histogram;

  constructor(model: string, maxModelLen: number, simulator: Record<string, string>) {
    this.labels = { engine: '0', model_name: model };
    const samples = (type: 'counter' | 'gauge', name: string, help: string): Samples =>
      this.add(new Samples(type, `vllm:${name}`, help, [this.labels]));
    const histogram = (name: string, help: string, bounds: readonly number[]): Histogram =>
      this.add(new Histogram(`vllm:${name}`, help, this.labels, bounds));
    const lengths = lengthBounds(maxModelLen);

    const info = this.add(
      new Samples(
        'gauge',
        'stepbench_simulator_info',
        'This engine is a simulation, and where its timing is from.',
        [],
      ),
    );
    info.set(simulator, 1);
    this.running = samples('gauge', 'num_requests_running', 'Number of requests in model execution batches.');
    this.waiting = samples('gauge', 'num_requests_waiting', 'Number of requests waiting to be processed.');
    this.kvCacheUsage = samples('gauge', 'kv_cache_usage_perc', 'KV-cache usage. 1 means 100 percent usage.');
    this.prefixQueries = samples(
      'counter',
      'prefix_cache_queries_total',
      'Prefix cache queries, in terms of number of queried tokens.',
    );
    this.prefixHits = samples(
      'counter',
      'prefix_cache_hits_total',
      'Prefix cache hits, in terms of number of cached tokens.',
    );
    // Stays 0: the simulator reserves a request's whole KV cache when it admits it.
    samples('counter', 'num_preemptions_total', 'Cumulative number of preemption from the engine.');
    this.promptTokens = samples('counter', 'prompt_tokens_total', 'Number of prefill tokens processed.');
    this.generationTokens = samples('counter', 'generation_tokens_total', 'Number of generation tokens processed.');
    this.success = this.add(
      new Samples(
        'counter',
        'vllm:request_success_total',
        'Count of successfully processed requests.',
        FINISHED_REASONS.map((reason) => ({ ...this.labels, finished_reason: reason })),
      ),
    );
    this.requestPromptTokens = histogram('request_prompt_tokens', 'Number of prefill tokens processed.', lengths);
    this.requestGenerationTokens = histogram(
      'request_generation_tokens',
      'Number of generation tokens processed.',
      lengths,
    );
    this.paramsMaxTokens = histogram(
      'request_params_max_tokens',
      'Histogram of the max_tokens request parameter.',
      lengths,
    );
    this.ttft = histogram('time_to_first_token_seconds', 'Histogram of time to first token in seconds.', TTFT_S);
    this.interToken = histogram('inter_token_latency_seconds', 'Histogram of inter-token latency in seconds.', TOKEN_S);
    this.perOutputToken = histogram(
      'request_time_per_output_token_seconds',
      'Histogram of time_per_output_token_seconds per request.',
      TOKEN_S,
    );
    this.endToEnd = histogram('e2e_request_latency_seconds', 'Histogram of e2e request latency in seconds.', REQUEST_S);
    const phase = (name: string, state: string): Histogram =>
      histogram(`request_${name}_time_seconds`, `Histogram of time spent in ${state} phase for request.`, REQUEST_S);
    this.queueTime = phase('queue', 'WAITING');
    this.inferenceTime = phase('inference', 'RUNNING');
    this.prefillTime = phase('prefill', 'PREFILL');
    this.decodeTime = phase('decode', 'DECODE');
  }

  prefixLookUp(queriedTokens: number, hitTokens: number): void {
    this.prefixQueries.add(this.labels, queriedTokens);
    this.prefixHits.add(this.labels, hitTokens);
  }

  firstToken(ttftS: number, promptTokens: number): void {
    this.ttft.observe(ttftS);
    this.promptTokens.add(this.labels, promptTokens);
    this.generationTokens.add(this.labels, 1);
  }

  nextToken(gapS: number): void {
    this.interToken.observe(gapS);
    this.generationTokens.add(this.labels, 1);
  }

  finished(request: FinishedRequest): void {
    this.countFinish(request.reason);
    this.requestPromptTokens.observe(request.promptTokens);
    this.requestGenerationTokens.observe(request.outputTokens);
    this.paramsMaxTokens.observe(request.maxTokens);
    this.endToEnd.observe(request.queueS + request.prefillS + request.decodeS);
    this.queueTime.observe(request.queueS);
    this.inferenceTime.observe(request.prefillS + request.decodeS);
    this.prefillTime.observe(request.prefillS);
    this.decodeTime.observe(request.decodeS);
    if (request.outputTokens > 1) this.perOutputToken.observe(request.decodeS / (request.outputTokens - 1));
  }

  /** vLLM counts requests whose client went away among the successes, under their own reason. */
  aborted(): void {
    this.countFinish('abort');
  }

  render(state: SchedulerState): string {
    this.running.set(this.labels, state.running);
    this.waiting.set(this.labels, state.waiting);
    this.kvCacheUsage.set(this.labels, state.kvCacheUsage);
    return `${this.metrics.flatMap((metric) => metric.render()).join('\n')}\n`;
  }

  private countFinish(reason: string): void {
    this.success.add({ ...this.labels, finished_reason: reason }, 1);
  }

  private add<M extends Metric>(metric: M): M {
    this.metrics.push(metric);
    return metric;
  }
}

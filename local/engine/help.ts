export const HELP = `Usage: node local/engine/main.ts [serve] [MODEL] [flags]

An OpenAI-compatible server that takes the time a GPU would take. Prints {"listening": port} when it is bound.

  --instance-type g5.12xlarge      profile: timing of this instance type (measured for four G5 types, else extrapolated)
  --tensor-parallel-size 4         GPUs of it that the engine uses
  --model, --served-model-name     default openai/gpt-oss-20b
  --host 127.0.0.1  --port 0       0 lets the system choose
  --max-num-seqs 256  --max-model-len 8192  --kv-cache-size BLOCKS  --block-size 16
  --enable-prefix-caching          off unless given
  --seed 0                         same seed and prompt: same text, length and timing
  --time-scale 1                   0.1 answers ten times as fast
  --startup-duration 0             /health answers 503 until it is over
  --shutdown-timeout 5s            for requests that run when SIGTERM comes

Timing instead of a profile, or over it (names of llm-d-inference-sim; 250ms, 2s, a bare number is milliseconds):
  --time-to-first-token  --prefill-overhead  --prefill-time-per-token  --inter-token-latency
  --time-to-first-token-std-dev  --prefill-time-std-dev  --inter-token-latency-std-dev
  --time-factor-under-load 1       slowdown with --max-num-seqs requests in flight
  --load-exponent 1                1 is a straight line up to it
  --max-waiting-queue-length 10000

Faults:
  --fail-at-startup MESSAGE        ends with exit code 1 when the startup duration is over
  --never-healthy                  /health answers 503 for ever
  --exit-after 20s  --exit-after-requests 100
  --failure-injection-rate 0..100  --failure-types rate_limit,server_error,...
  --stream-fault-rate 0..100  --stream-fault cut|stall

Other flags of vllm serve are accepted where the simulation does not depend on them, and named on stderr.
`;

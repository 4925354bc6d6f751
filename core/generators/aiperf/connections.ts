/**
 * How long a connection without a request may be used again. AIPerf's own 300 s outlive every server: vLLM's
 * uvicorn, Node and llama.cpp close after 5 s, gunicorn after 2 s. A request that crosses with that end counts as an
 * error of the engine, since nobody may send a POST twice. A load that keeps its connections busy is not touched; a
 * slow one pays for a new connection within its TTFT, as its users do.
 */
export const KEPT_CONNECTIONS = { AIPERF_HTTP_KEEPALIVE_TIMEOUT: '1' };

/** For servers that close without a word after each answer. 0: it refuses any time beside the other. */
export const NEW_CONNECTIONS = { AIPERF_HTTP_FORCE_CLOSE: 'true', AIPERF_HTTP_KEEPALIVE_TIMEOUT: '0' };

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FaultDice } from './faults.ts';
import { Generation } from './generation.ts';
import { readBody, sendError, sendJson, sendText } from './http.ts';
import { VllmMetrics } from './metrics/vllm.ts';
import { kvBlocksInAll } from './model/latency.ts';
import { type EngineOptions, engineOptions } from './options.ts';
import { prepare } from './prepare.ts';
import { Pump } from './pump.ts';
import { PrefixCache } from './tokens/prefix-cache.ts';
import { loadTokenizer, type Tokenizer } from './tokens/tokenizer.ts';
import { ApiError, starting } from './wire/errors.ts';
import { type Endpoint, parseRequest } from './wire/requests.ts';
import { modelsBody } from './wire/responses.ts';

/** The vLLM whose wire format this follows. */
const IMITATED_VERSION = '0.32.0';

export interface Engine {
  server: Server;
  /** @returns the port. */
  listen(): Promise<number>;
  /** Ends as SIGTERM does: no new connections, running requests get the shutdown timeout. Safe to call twice. */
  close(): Promise<void>;
  /** Resolves when `/health` begins to answer 200. */
  ready: Promise<void>;
}

/** @param crash is called when a fault says that the process dies. */
export function createEngine(given: Partial<EngineOptions> = {}, crash: (why: string) => void = () => {}): Engine {
  const running = new SimulatedEngine(engineOptions(given), crash);
  return {
    server: running.server,
    listen: () => running.listen(),
    close: () => running.close(),
    ready: running.ready,
  };
}

type Route = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

class SimulatedEngine {
  readonly server: Server;
  readonly ready: Promise<void>;
  private readonly options: EngineOptions;
  private readonly crash: (why: string) => void;
  private readonly pump: Pump;
  private readonly metrics: VllmMetrics;
  private readonly dice: FaultDice;
  private readonly prefixCache: PrefixCache | undefined;
  private readonly createdS = Math.floor(Date.now() / 1000);
  private readonly timers: NodeJS.Timeout[] = [];
  private readonly becomeReady: () => void;
  private tokenizer: Tokenizer | undefined;
  private isReady = false;
  private requests = 0;
  private finished = 0;
  private closing: Promise<void> | undefined;

  constructor(options: EngineOptions, crash: (why: string) => void) {
    const { profile, seed } = options;
    this.options = options;
    this.crash = crash;
    this.pump = new Pump(profile.latency, profile.capacity, options.timeScale);
    this.metrics = new VllmMetrics(options.servedModelName, options.maxModelLen, {
      model_name: options.servedModelName,
      profile_source: profile.source,
      provenance: profile.provenance,
      time_scale: String(options.timeScale),
    });
    this.dice = new FaultDice(options.faults, seed, { maxModelLen: options.maxModelLen, model: options.model });
    this.prefixCache = options.prefixCaching
      ? new PrefixCache(profile.capacity.blockSizeTokens, kvBlocksInAll(profile.capacity))
      : undefined;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.ready = promise;
    this.becomeReady = resolve;
    this.server = createServer((request, response) => void this.handle(request, response));
    // A load generator keeps its connections between cells; uvicorn's 5 s would race with its next request.
    this.server.keepAliveTimeout = 600_000;
    this.server.requestTimeout = 0;
  }

  async listen(): Promise<number> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.server.once('error', reject);
    // The default backlog of 511 is less than a burst of a thousand clients.
    this.server.listen({ port: this.options.port, host: this.options.host, backlog: 4096 }, resolve);
    await promise;
    this.start();
    return (this.server.address() as AddressInfo).port;
  }

  close(): Promise<void> {
    this.closing ??= this.shutDown();
    return this.closing;
  }

  private start(): void {
    const { faults, startupDurationMs } = this.options;
    const { exitAfterMs } = faults;
    if (exitAfterMs !== undefined) this.after(exitAfterMs, () => this.crash(`told to exit after ${exitAfterMs} ms`));
    const loaded = loadTokenizer().then((tokenizer) => {
      this.tokenizer = tokenizer;
    });
    this.after(startupDurationMs, () => {
      if (faults.failAtStartup !== undefined) return this.crash(faults.failAtStartup);
      if (!faults.neverHealthy) void loaded.then(this.becomeReady);
    });
    void this.ready.then(() => {
      this.isReady = true;
    });
  }

  private after(ms: number, act: () => void): void {
    this.timers.push(setTimeout(act, ms));
  }

  private async shutDown(): Promise<void> {
    for (const timer of this.timers) clearTimeout(timer);
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    this.server.closeIdleConnections();
    const force = setTimeout(() => this.server.closeAllConnections(), this.options.shutdownTimeoutMs);
    await closed;
    clearTimeout(force);
    this.pump.stop();
  }

  private readonly routes: Record<string, Record<string, Route>> = {
    '/health': { GET: (_, response) => this.whenReady(response, () => sendText(response, '')) },
    '/version': {
      GET: (_, response) => sendJson(response, JSON.stringify({ version: IMITATED_VERSION, simulator: 'stepbench' })),
    },
    '/v1/models': { GET: (_, response) => this.whenReady(response, () => sendJson(response, this.models())) },
    '/metrics': {
      GET: (_, response) => sendText(response, this.metricsText(), 'text/plain; version=0.0.4; charset=utf-8'),
    },
    '/reset_prefix_cache': {
      POST: (_, response) => {
        this.prefixCache?.reset();
        sendText(response, '');
      },
    },
    '/v1/completions': { POST: (request, response) => this.generate('completions', request, response) },
    '/v1/chat/completions': { POST: (request, response) => this.generate('chat', request, response) },
  };

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const route = this.routes[(request.url ?? '').split('?', 1)[0]!];
    const act = route?.[request.method ?? ''];
    if (act === undefined) {
      const [status, detail] = route === undefined ? [404, 'Not Found'] : [405, 'Method Not Allowed'];
      return sendJson(response, JSON.stringify({ detail }), status);
    }
    try {
      await act(request, response);
    } catch (error) {
      if (error instanceof ApiError) sendError(response, error);
      else sendError(response, new ApiError(500, 'InternalServerError', (error as Error).message));
    }
  }

  private whenReady(response: ServerResponse, act: () => void): void {
    if (this.isReady) act();
    else sendError(response, starting());
  }

  private models(): string {
    const { servedModelName, model, maxModelLen } = this.options;
    return modelsBody(servedModelName, model, this.createdS, maxModelLen);
  }

  private metricsText(): string {
    const blocks = kvBlocksInAll(this.options.profile.capacity);
    return this.metrics.render({
      running: this.pump.running,
      waiting: this.pump.waiting,
      kvCacheUsage: blocks === 0 ? 0 : Math.min(1, this.pump.kvBlocksInUse / blocks),
    });
  }

  private async generate(endpoint: Endpoint, request: IncomingMessage, response: ServerResponse): Promise<void> {
    // Before the body is read: what reading and counting take is part of what the client waits for, not added to it.
    const arrivedAtMs = this.pump.nowMs();
    const body = await readBody(request);
    const { options, metrics, dice, prefixCache, tokenizer } = this;
    if (!this.isReady || tokenizer === undefined) throw starting();
    if (this.pump.waiting >= options.maxWaitingQueueLength) {
      throw new ApiError(429, 'TooManyRequestsError', `The waiting queue is full (${options.maxWaitingQueueLength}).`);
    }
    const generation = parseRequest(endpoint, body);
    const ordinal = this.requests++;
    const { plan, job } = prepare(generation, { options, tokenizer, prefixCache, metrics, dice, ordinal });
    const sink = new Generation(generation, response, plan, metrics, options.timeScale, () => this.countFinished());
    const ticket = this.pump.submit({ ...job, payload: sink }, arrivedAtMs);
    response.once('close', () => {
      // While closing, a connection that was kept alive for a next request would hold the server open.
      if (this.closing !== undefined) setImmediate(() => this.server.closeIdleConnections());
      if (ticket.state === 'done') return;
      this.pump.abort(ticket);
      metrics.aborted();
    });
  }

  private countFinished(): void {
    this.finished++;
    const limit = this.options.faults.exitAfterRequests;
    if (limit !== undefined && this.finished >= limit) this.crash(`told to exit after ${limit} requests`);
  }
}

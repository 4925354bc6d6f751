import type { ServerResponse } from 'node:http';
import type { Faults } from './faults.ts';
import type { VllmMetrics } from './metrics/vllm.ts';
import type { Ticket, TokenEvent } from './model/scheduler.ts';
import type { TokenSink } from './pump.ts';
import { wordAt } from './tokens/words.ts';
import type { GenerationRequest } from './wire/requests.ts';
import {
  type ChunkWriter,
  chunkWriter,
  DONE,
  type FinishReason,
  type Identity,
  type Usage,
  wholeBody,
} from './wire/responses.ts';

/** What has been decided about a request before its first token. */
export interface Plan {
  identity: Identity;
  usage: Usage;
  maxTokens: number;
  finish: FinishReason;
  uniform: () => number;
  fault: Faults['streamFault'] | undefined;
}

/** One answer on its way out. The metrics get the model's own times: what the client sees is for the client to say. */
export class Generation implements TokenSink {
  private readonly request: GenerationRequest;
  private readonly response: ServerResponse;
  private readonly plan: Plan;
  private readonly metrics: VllmMetrics;
  /** Milliseconds of the model in seconds of the wall. */
  private readonly secondsPerMs: number;
  private readonly onEnd: () => void;
  private readonly chunks: ChunkWriter | undefined;
  private text = '';
  private firstAtMs = 0;
  private previousAtMs = 0;
  private silent = false;

  constructor(
    request: GenerationRequest,
    response: ServerResponse,
    plan: Plan,
    metrics: VllmMetrics,
    timeScale: number,
    onEnd: () => void,
  ) {
    this.request = request;
    this.response = response;
    this.plan = plan;
    this.metrics = metrics;
    this.secondsPerMs = timeScale / 1000;
    this.onEnd = onEnd;
    this.chunks = request.stream ? chunkWriter(request.endpoint, plan.identity) : undefined;
  }

  onToken(event: TokenEvent<TokenSink>): void {
    this.count(event);
    this.send(event);
    if (event.last) this.onEnd();
  }

  private count({ index, last, atMs, ticket }: TokenEvent<TokenSink>): void {
    if (index === 0) {
      this.firstAtMs = atMs;
      this.metrics.firstToken((atMs - ticket.submittedAtMs) * this.secondsPerMs, this.plan.usage.promptTokens);
    } else {
      this.metrics.nextToken((atMs - this.previousAtMs) * this.secondsPerMs);
    }
    this.previousAtMs = atMs;
    if (last) this.countFinished(ticket, atMs);
  }

  private countFinished(ticket: Ticket<TokenSink>, atMs: number): void {
    const admittedAtMs = ticket.admittedAtMs ?? ticket.submittedAtMs;
    this.metrics.finished({
      promptTokens: this.plan.usage.promptTokens,
      outputTokens: this.plan.usage.completionTokens,
      maxTokens: this.plan.maxTokens,
      queueS: (admittedAtMs - ticket.submittedAtMs) * this.secondsPerMs,
      prefillS: (this.firstAtMs - admittedAtMs) * this.secondsPerMs,
      decodeS: (atMs - this.firstAtMs) * this.secondsPerMs,
      reason: this.plan.finish,
    });
  }

  private send({ index, last }: TokenEvent<TokenSink>): void {
    if (this.silent || this.response.destroyed) return;
    if (this.plan.fault !== undefined && index === Math.floor(this.plan.usage.completionTokens / 2)) {
      this.silent = true;
      // What was sent before still arrives.
      if (this.plan.fault === 'cut') this.response.socket?.destroySoon();
      return;
    }
    const word = wordAt(Math.floor(this.plan.uniform() * 2 ** 16));
    if (this.chunks === undefined) this.gather(word, last);
    else this.stream(this.chunks, word, index, last);
  }

  private stream(chunks: ChunkWriter, word: string, index: number, last: boolean): void {
    if (index === 0) this.response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
    const token = chunks.token(word, last ? this.plan.finish : null);
    const chunk = index === 0 ? chunks.head + token : token;
    if (!last) {
      this.response.write(chunk);
      return;
    }
    this.response.end(chunk + (this.request.includeUsage ? chunks.usage(this.plan.usage) : '') + DONE);
  }

  private gather(word: string, last: boolean): void {
    this.text += word;
    if (!last) return;
    const { identity, finish, usage } = this.plan;
    this.response.writeHead(200, { 'content-type': 'application/json' });
    this.response.end(wholeBody(this.request.endpoint, identity, this.text, finish, usage));
  }
}

/** An answer other than 200, in vLLM's shape: `{"error": {"message", "type", "param", "code"}}`. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly type: string;
  readonly param: string | null;

  constructor(status: number, type: string, message: string, param: string | null = null) {
    super(message);
    this.status = status;
    this.type = type;
    this.param = param;
  }

  toBody(): string {
    return JSON.stringify({
      error: { message: this.message, type: this.type, param: this.param, code: this.status },
    });
  }
}

export const badRequest = (message: string, param: string | null = null): ApiError =>
  new ApiError(400, 'BadRequestError', message, param);

export const modelNotFound = (model: string): ApiError =>
  new ApiError(404, 'NotFoundError', `The model \`${model}\` does not exist.`, 'model');

export const promptTooLong = (maxModelLen: number, promptTokens: number): ApiError =>
  badRequest(
    `This model's maximum context length is ${maxModelLen} tokens. However, your request has ${promptTokens} input ` +
      'tokens. Please reduce the length of the input messages.',
    'input_tokens',
  );

export const outputTooLong = (maxModelLen: number, promptTokens: number, maxTokens: number): ApiError =>
  badRequest(
    `'max_tokens' or 'max_completion_tokens' is too large: ${maxTokens}. This model's maximum context length is ` +
      `${maxModelLen} tokens and your request has ${promptTokens} input tokens ` +
      `(${maxTokens} > ${maxModelLen} - ${promptTokens}).`,
    'max_tokens',
  );

export const starting = (): ApiError =>
  new ApiError(503, 'ServiceUnavailableError', 'The engine is still loading the model.');

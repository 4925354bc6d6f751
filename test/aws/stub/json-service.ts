import { StubError as Refusal, type Stub, type StubError, startStub } from './service.ts';

export type Operations = Record<string, (input: Record<string, unknown>) => unknown>;

/** A service of the protocols `json-1.0` and `json-1.1`: a POST to `/` whose target names the operation. */
export const startJsonService = (options: {
  signingName: string;
  /** What comes before the operation in `x-amz-target`. */
  target: string;
  version: '1.0' | '1.1';
  operations: Operations;
  region?: string;
}): Promise<Stub> => {
  const contentType = `application/x-amz-json-${options.version}`;
  return startStub({
    signingName: options.signingName,
    ...(options.region === undefined ? {} : { region: options.region }),
    answer: async ({ method, path, headers, body }) => {
      if (method !== 'POST' || path !== '/') throw new Refusal('UnknownOperationException', `${method} ${path}`, 404);
      if (headers['content-type'] !== contentType) {
        throw new Refusal('SerializationException', `Content-Type ${headers['content-type']}`);
      }
      const [service, operation = ''] = String(headers['x-amz-target']).split('.');
      const run = options.operations[operation];
      if (service !== options.target || run === undefined) {
        throw new Refusal('UnknownOperationException', `${headers['x-amz-target']}`);
      }
      const output = await run(JSON.parse(body) as Record<string, unknown>);
      return { headers: { 'content-type': contentType }, body: JSON.stringify(output) };
    },
    refuse: (error) => refusal(error, contentType),
  });
};

const refusal = ({ code, message, status }: StubError, contentType: string) => ({
  status,
  headers: { 'content-type': contentType },
  body: JSON.stringify({ __type: `com.amazonaws.stub#${code}`, message }),
});

import { type Stub, StubError, startStub } from './service.ts';

/** STS's GetCallerIdentity; `refusing` is what it answers instead, as it is. */
export const startSts = (
  caller: { account: string; arn: string },
  refusing: () => StubError | undefined = () => undefined,
): Promise<Stub> =>
  startStub({
    signingName: 'sts',
    answer: ({ method, body }) => {
      const input = new URLSearchParams(body);
      if (method !== 'POST' || input.get('Version') !== '2011-06-15' || input.get('Action') !== 'GetCallerIdentity') {
        throw new StubError('InvalidAction', body);
      }
      const error = refusing();
      if (error !== undefined) throw error;
      const result = `<Arn>${caller.arn}</Arn><UserId>AIDAEXAMPLE</UserId><Account>${caller.account}</Account>`;
      return xml(`<GetCallerIdentityResponse xmlns="${NAMESPACE}"><GetCallerIdentityResult>${result}</GetCallerIdentityResult>
        <ResponseMetadata><RequestId>stub</RequestId></ResponseMetadata></GetCallerIdentityResponse>`);
    },
    refuse: ({ code, message, status }) => ({
      ...xml(
        `<ErrorResponse xmlns="${NAMESPACE}"><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>stub</RequestId></ErrorResponse>`,
      ),
      status,
    }),
  });

const NAMESPACE = 'https://sts.amazonaws.com/doc/2011-06-15/';
const xml = (body: string) => ({ headers: { 'content-type': 'text/xml' }, body });

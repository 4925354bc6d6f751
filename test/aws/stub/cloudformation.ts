import { type Stub, StubError, type StubRequest, startStub } from './service.ts';

export interface StubStack {
  status: string;
  reason?: string;
  drift?: string;
  outputs: Record<string, string>;
}

export interface CloudFormationStub extends Stub {
  /** By name. */
  stacks: Map<string, StubStack>;
  /** Names, in the order in which they were told to go. */
  deleted: string[];
}

const NAMESPACE = 'http://cloudformation.amazonaws.com/doc/2010-05-15/';

/**
 * CloudFormation's query API as far as it is used here. A stack that is not there is a validation error that says so in
 * words; to delete one is none. What it was told to delete is on its way out, and still there.
 */
export async function startCloudFormation(): Promise<CloudFormationStub> {
  const stacks = new Map<string, StubStack>();
  const deleted: string[] = [];
  const operations: Record<string, (input: URLSearchParams) => string> = {
    DescribeStacks: (input) => {
      const name = input.get('StackName') ?? '';
      const found = stacks.get(name);
      if (found === undefined) throw new StubError('ValidationError', `Stack with id ${name} does not exist`);
      return `<DescribeStacksResult><Stacks>${stackXml(name, found)}</Stacks></DescribeStacksResult>`;
    },
    DeleteStack: (input) => {
      const name = input.get('StackName') ?? '';
      deleted.push(name);
      const found = stacks.get(name);
      if (found !== undefined) found.status = 'DELETE_IN_PROGRESS';
      return '';
    },
  };
  const stub = await startStub({
    signingName: 'cloudformation',
    answer: (request) => {
      const input = inputOf(request);
      const action = input.get('Action') ?? '';
      const run = operations[action];
      if (run === undefined) throw new StubError('InvalidAction', `The action ${action} is not valid`);
      const metadata = '<ResponseMetadata><RequestId>stub</RequestId></ResponseMetadata>';
      return xml(`<${action}Response xmlns="${NAMESPACE}">${run(input)}${metadata}</${action}Response>`);
    },
    refuse: ({ code, message, status }) => ({
      ...xml(
        `<ErrorResponse xmlns="${NAMESPACE}"><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>stub</RequestId></ErrorResponse>`,
      ),
      status,
    }),
  });
  return { ...stub, stacks, deleted };
}

const xml = (body: string) => ({ headers: { 'content-type': 'text/xml' }, body });

function inputOf({ method, headers, body }: StubRequest): URLSearchParams {
  if (method !== 'POST' || !headers['content-type']?.startsWith('application/x-www-form-urlencoded')) {
    throw new StubError('InvalidRequest', `${method} ${headers['content-type']}`);
  }
  const input = new URLSearchParams(body);
  if (input.get('Version') !== '2010-05-15') throw new StubError('InvalidRequest', 'Version');
  return input;
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

function stackXml(name: string, { status, reason, drift, outputs }: StubStack): string {
  const members = Object.entries(outputs).map(
    ([key, value]) =>
      `<member><OutputKey>${escaped(key)}</OutputKey><OutputValue>${escaped(value)}</OutputValue></member>`,
  );
  return `<member>
    <StackName>${escaped(name)}</StackName><CreationTime>2026-01-31T10:00:00.000Z</CreationTime>
    <StackStatus>${status}</StackStatus>
    ${reason === undefined ? '' : `<StackStatusReason>${escaped(reason)}</StackStatusReason>`}
    ${drift === undefined ? '' : `<DriftInformation><StackDriftStatus>${drift}</StackDriftStatus></DriftInformation>`}
    <Outputs>${members.join('')}</Outputs></member>`;
}

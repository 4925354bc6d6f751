import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';

/** The part of CloudWatch Logs that is used here. */
export interface LogGroups {
  /** Makes the group where there is none of that name, and keeps what is in it for so many days. */
  keep(name: string, retentionDays: number): Promise<void>;
}

type Credentials = ConstructorParameters<typeof SignatureV4>[0]['credentials'];

interface Place {
  region: string;
  credentials: Credentials;
  /** @default the service of the region */
  endpoint?: string;
}

const CALL_TIMEOUT_MS = 8_000;

/**
 * Two calls of CloudWatch Logs in its own protocol (JSON 1.1), without a client of the SDK for them. Nothing is tried
 * again here; whoever asks comes again.
 */
export function logGroups(place: () => Promise<Place>): LogGroups {
  const call = async (action: string, body: object): Promise<void> => {
    const { region, credentials, endpoint = `https://logs.${region}.${suffix(region)}` } = await place();
    const url = new URL(endpoint);
    const signer = new SignatureV4({ credentials, region, service: 'logs', sha256: Sha256 });
    const {
      method,
      headers,
      body: signedBody,
    } = await signer.sign({
      method: 'POST',
      protocol: url.protocol,
      hostname: url.hostname,
      path: '/',
      headers: {
        host: url.host,
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': `Logs_20140328.${action}`,
      },
      body: JSON.stringify(body),
    });
    const response = await fetch(url, {
      method,
      headers,
      body: signedBody,
      signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
    });
    if (!response.ok) throw await refusal(response);
  };
  return {
    keep: async (logGroupName, retentionInDays) => {
      await call('CreateLogGroup', { logGroupName }).catch((error: unknown) => {
        if ((error as Error).name !== 'ResourceAlreadyExistsException') throw error;
      });
      await call('PutRetentionPolicy', { logGroupName, retentionInDays });
    },
  };
}

const suffix = (region: string): string => (region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com');

/** `__type` may have the namespace of the service before the name. */
async function refusal(response: Response): Promise<Error> {
  const text = await response.text();
  let said: { __type?: string; message?: string; Message?: string } = {};
  try {
    said = JSON.parse(text);
  } catch {
    // A proxy in between, which says nothing that anybody would understand.
  }
  const name = said.__type?.split('#').at(-1) ?? `HTTP ${response.status}`;
  return Object.assign(new Error(said.message ?? said.Message ?? name), {
    name,
    $metadata: { httpStatusCode: response.status },
  });
}

import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import type { Clock } from '#core/ports/clock.ts';
import { ErrorName } from '#core/workflow/errors.ts';
import { calling } from '../errors/aws-error.ts';

export type Credentials = ConstructorParameters<typeof SignatureV4>[0]['credentials'];

interface TokenRequest {
  clusterName: string;
  region: string;
  credentials: Credentials;
  clock: Clock;
}

/** EKS takes a token for 15 minutes, whatever the presigned request in it says. */
const RENEW_AFTER_MS = 14 * 60_000;

const EXPIRES_SECONDS = 60;

/**
 * A bearer token of EKS: a request to STS who we are, signed and not sent, bound to the cluster by a signed header.
 * Format: aws-iam-authenticator, `pkg/token`.
 */
export async function eksToken({ clusterName, region, credentials, clock }: TokenRequest): Promise<string> {
  const hostname = `sts.${region}.${region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com'}`;
  const signer = new SignatureV4({ credentials, region, service: 'sts', sha256: Sha256 });
  const signed = await calling(
    { api: 'sts:GetCallerIdentity (a token for EKS)', terminal: ErrorName.ClusterFailed },
    () =>
      signer.presign(
        {
          method: 'GET',
          protocol: 'https:',
          hostname,
          path: '/',
          query: { Action: 'GetCallerIdentity', Version: '2011-06-15' },
          headers: { host: hostname, 'x-k8s-aws-id': clusterName },
        },
        {
          expiresIn: EXPIRES_SECONDS,
          signingDate: new Date(clock.nowMs()),
        },
      ),
  );
  const query = Object.entries(signed.query ?? {})
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`)
    .join('&');
  return `k8s-aws-v1.${Buffer.from(`https://${hostname}/?${query}`).toString('base64url')}`;
}

/**
 * Signs again before the cluster would refuse what was signed, and when it has refused it already: the credentials
 * may be others by now. Several callers share one token.
 */
export function renewedToken(request: TokenRequest): (refused?: string) => Promise<string> {
  let made: { atMs: number; token: Promise<string> } | undefined;
  const renew = (): Promise<string> => {
    const mine = { atMs: request.clock.nowMs(), token: eksToken(request) };
    made = mine;
    mine.token.catch(() => {
      if (made === mine) made = undefined;
    });
    return mine.token;
  };
  return async (refused) => {
    if (made === undefined || request.clock.nowMs() - made.atMs >= RENEW_AFTER_MS) return renew();
    const { token } = made;
    return refused !== undefined && (await token) === refused ? renew() : token;
  };
}

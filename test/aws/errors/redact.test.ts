import { describe, expect, it } from 'vitest';
import { fromAws } from '#aws/errors/aws-error.ts';
import { redact } from '#aws/errors/redact.ts';

const SECRETS: [what: string, text: string, secret: string][] = [
  ['a presigned URL', 'https://x/?X-Amz-Credential=AKIDEX%2F20260131&X-Amz-Signature=0a1b2c', '0a1b2c'],
  ['a session token', 'X-Amz-Security-Token=FwoGZXIvYXdzEAAaDA%3D%3D&x=1', 'FwoGZXIvYXdz'],
  ['a canonical request', 'host:x\nx-amz-security-token:IQoJb3JpZ2luX2VjE/+=\n', 'IQoJb3JpZ2lu'],
  ['a header', `AWS4-HMAC-SHA256 Signature=${'0a'.repeat(32)}`, '0a0a0a0a'],
  ['a bearer token', 'Authorization: Bearer abcdefgh.ijkl', 'abcdefgh'],
  ['a token for EKS', 'token k8s-aws-v1.aHR0cHM6Ly9zdHM was refused', 'aHR0cHM6Ly9zdHM'],
  ['a token of Hugging Face', 'invalid token "hf_AbCdEfGhIjKl"', 'AbCdEfGhIjKl'],
  ['an access key', 'The key ASIAIOSFODNN7EXAMPLE is unknown', 'IOSFODNN7EXAMPLE'],
];

describe('what is told of an error', () => {
  it.each(SECRETS)('holds nothing of %s', (_, text, secret) => {
    expect(text).toContain(secret);
    expect(redact(text)).not.toContain(secret);
    const error = fromAws(new Error(text), { api: 'x:Y', terminal: 'ServiceRefused' });
    expect(`${error.message} ${error.stack} ${error.cause}`).not.toContain(secret);
  });

  it('holds the rest as it was', () => {
    const said = 'User: arn:aws:sts::111122223333:assumed-role/R/S is not authorized to perform: eks:DescribeCluster';
    expect(redact(said)).toBe(said);
  });
});

/**
 * What no message of ours may hold: AWS repeats the request that it refuses, signature and session token
 * included, and a function's errors are in the state machine's history for all to read.
 */
const SECRETS: [pattern: RegExp, instead: string][] = [
  [/(x-amz-(?:security-token|signature|credential)\s*[=:]\s*)[^&\s"']+/gi, '$1***'],
  [/(signature=)[0-9a-f]{64}/gi, '$1***'],
  [/(bearer\s+)[\w.~+/=-]{8,}/gi, '$1***'],
  [/k8s-aws-v1\.[\w-]+/g, 'k8s-aws-v1.***'],
  [/\bhf_[A-Za-z0-9]{8,}/g, 'hf_***'],
  [/\b(?:AKIA|ASIA)[A-Z0-9]{12,}/g, '***'],
  [/\b(?:IQoJ|FwoG|FQoG)[\w+/=]{40,}/g, '***'],
];

export const redact = (text: string): string =>
  SECRETS.reduce((clean, [pattern, instead]) => clean.replace(pattern, instead), text);

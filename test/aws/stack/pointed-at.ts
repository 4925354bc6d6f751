import { vi } from 'vitest';

/** As the SDK spells a service in AWS_ENDPOINT_URL_... */
type Service = 'ATHENA' | 'CLOUDFORMATION' | 'EC2' | 'EKS' | 'LAMBDA' | 'S3' | 'SCHEDULER' | 'SFN' | 'STS';

/** Nobody listens there: whatever a test does not point at a server of its own must not be asked. */
const NOWHERE = 'http://127.0.0.1:9';

/** The environment of a person whose services are these; `vi.unstubAllEnvs()` takes it away. */
export function pointedAt(urls: Partial<Record<Service, string>>): void {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'testing');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'testing');
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ENDPOINT_URL', NOWHERE);
  for (const [service, url] of Object.entries(urls)) vi.stubEnv(`AWS_ENDPOINT_URL_${service}`, url);
}

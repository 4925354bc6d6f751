export interface Check {
  name: string;
  /** info: nothing to mend, and nothing that would be used. */
  status: 'ok' | 'info' | 'warn' | 'fail';
  detail: string;
  nextStep?: string;
}

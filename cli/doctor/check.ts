export interface Check {
  name: string;
  status: 'ok' | 'warn' | 'fail';
  detail: string;
  nextStep?: string;
}

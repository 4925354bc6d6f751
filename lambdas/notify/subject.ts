/** SNS takes 100 ASCII characters without line breaks. */
export const subjectOf = (name: string, status: string): string =>
  `StepBench ${status}: ${name}`.replace(/[^\x20-\x7e]/g, '?').slice(0, 100);

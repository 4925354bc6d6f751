/** For commands in messages: what the stack tells powertools to call its metrics by. */
export const stackName = (): string => process.env.POWERTOOLS_SERVICE_NAME ?? 'STACK';

import {
  type CloudWatchLogsClient,
  CreateLogGroupCommand,
  PutRetentionPolicyCommand,
  ResourceAlreadyExistsException,
} from '@aws-sdk/client-cloudwatch-logs';

/** The part of CloudWatch Logs that is used here. */
export interface LogGroups {
  /** Makes the group where there is none of that name, and keeps what is in it for so many days. */
  keep(name: string, retentionDays: number): Promise<void>;
}

export const logGroups = (client: CloudWatchLogsClient): LogGroups => ({
  keep: async (logGroupName, retentionInDays) => {
    await client.send(new CreateLogGroupCommand({ logGroupName })).catch((error: unknown) => {
      if (!(error instanceof ResourceAlreadyExistsException)) throw error;
    });
    await client.send(new PutRetentionPolicyCommand({ logGroupName, retentionInDays }));
  },
});

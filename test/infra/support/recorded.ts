import type { ObjectStore } from '#core/ports/object-store.ts';
import type { Ports } from '#core/ports/ports.ts';
import type { FunctionName } from '#infra/functions.ts';
import type { Authorization } from './allowed.ts';
import type { Deployed } from './deployed.ts';
import { ourTags } from './eks-authorizations.ts';
import { type Shadow, shadowClusters } from './shadow-clusters.ts';

/** One thing that a function did, as IAM is asked for it. */
export interface Use extends Authorization {
  function: FunctionName;
}

/** What IAM is asked for each method of a port that is neither the store nor EKS: what aws/ calls. */
const ACTIONS = ({
  workgroupArn,
  catalogArns,
  defaultDatabaseArn,
  topicArn,
  dataKeyArn,
  executionArn,
}: Deployed): Record<string, Record<string, Authorization[]>> => ({
  prices: { quote: [on('pricing:GetProducts', '*'), on('ec2:DescribeSpotPriceHistory', '*')] },
  quotas: {
    vcpuLimit: [on('servicequotas:GetServiceQuota', '*'), on('servicequotas:GetAWSDefaultServiceQuota', '*')],
  },
  executions: { isRunning: [on('states:DescribeExecution', executionArn)] },
  sql: {
    start: [
      on('athena:StartQueryExecution', workgroupArn),
      on('glue:GetDatabase', defaultDatabaseArn),
      ...catalogArns.flatMap((arn) =>
        ['GetDatabase', 'GetTable', 'CreateTable', 'UpdateTable'].map((action) => on(`glue:${action}`, arn)),
      ),
    ],
    status: [on('athena:GetQueryExecution', workgroupArn)],
    rows: [on('athena:GetQueryExecution', workgroupArn), on('athena:GetQueryResults', workgroupArn)],
  },
  // The topic is encrypted with the key of the data.
  notifier: {
    publish: [on('sns:Publish', topicArn), on('kms:GenerateDataKey', dataKeyArn), on('kms:Decrypt', dataKeyArn)],
  },
});

const on = (action: string, resource: string): Authorization => ({ action, resource });

/** A cluster of ours that nothing was done in yet, and one that is set up, though by another version. */
const CLUSTERS = (stackName: string): Shadow[] => [
  { tags: ourTags(stackName), standing: false },
  { tags: ourTags(stackName), standing: true },
];

/** The ports as a function sees them, each use of them written down. */
export function recordedPorts(ports: Ports, name: FunctionName, deployed: Deployed, uses: Use[]): Ports {
  const use = (asked: Authorization) => void uses.push({ function: name, ...asked });
  const wrapped = Object.entries(ACTIONS(deployed)).map(([port, methods]) => [
    port,
    new Proxy(ports[port as keyof Ports] as object, {
      get(target, method) {
        for (const asked of methods[String(method)] ?? []) use(asked);
        const value = Reflect.get(target, method);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    }),
  ]);
  const settings = deployed.clusterSettings(name);
  const shadows = CLUSTERS(settings.stackName).map((shadow) => shadowClusters(settings, shadow, use));
  return {
    ...ports,
    ...Object.fromEntries(wrapped),
    // The real adapter is asked beside the local one: which calls it makes is its own affair.
    clusters: new Proxy(ports.clusters, {
      get(target, method) {
        const value = Reflect.get(target, method);
        return async (...asked: unknown[]) => {
          for (const shadow of shadows) await Reflect.get(shadow, method)(...asked);
          return value.apply(target, asked);
        };
      },
    }),
    store: recordedStore(ports.store, deployed, use),
    connect: async (cluster) => {
      await shadows[0]?.describe(cluster);
      return ports.connect(cluster);
    },
  };
}

function recordedStore(
  store: ObjectStore,
  { bucketArn, dataKeyArn }: Deployed,
  use: (asked: Authorization) => void,
): ObjectStore {
  const object = (action: string, key: string, keyAction = 'kms:Decrypt') => {
    use(on(action, `${bucketArn}/${key}`));
    use(on(keyAction, dataKeyArn));
  };
  const list = () => use(on('s3:ListBucket', bucketArn));
  return {
    bucket: store.bucket,
    locate: (key) => store.locate(key),
    get: (key) => {
      object('s3:GetObject', key);
      return store.get(key);
    },
    stream: (key) => {
      object('s3:GetObject', key);
      return store.stream(key);
    },
    put: (key, body, condition) => {
      object('s3:PutObject', key, 'kms:GenerateDataKey');
      return store.put(key, body, condition);
    },
    list: (prefix) => {
      list();
      return store.list(prefix);
    },
    folders: (prefix) => {
      list();
      return store.folders(prefix);
    },
    delete: (key) => {
      use(on('s3:DeleteObject', `${bucketArn}/${key}`));
      return store.delete(key);
    },
  };
}

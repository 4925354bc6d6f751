import type { ObjectStore } from '#core/ports/object-store.ts';
import type { Ports } from '#core/ports/ports.ts';
import type { FunctionName } from '#infra/functions.ts';

/** One thing that a function did, as IAM sees it. */
export interface Use {
  function: FunctionName;
  action: string;
  /** Key in the bucket; null for what is in none. */
  key: string | null;
}

/** Actions of AWS behind each method of a port that is not the store: what aws/ calls. */
const ACTIONS = {
  clusters: {
    describe: ['eks:DescribeCluster'],
    create: ['eks:CreateCluster', 'eks:TagResource', 'iam:PassRole'],
    ensureAccess: [
      'eks:DescribeCluster',
      'eks:CreateAccessEntry',
      'eks:AssociateAccessPolicy',
      'eks:DeleteAccessEntry',
    ],
    delete: ['eks:DescribeCluster', 'eks:DeleteCluster'],
    disableCompute: ['eks:DescribeCluster', 'eks:UpdateClusterConfig'],
    instances: ['ec2:DescribeInstances'],
  },
  prices: { quote: ['pricing:GetProducts', 'ec2:DescribeSpotPriceHistory'] },
  quotas: { vcpuLimit: ['servicequotas:GetServiceQuota', 'servicequotas:GetAWSDefaultServiceQuota'] },
  executions: { isRunning: ['states:DescribeExecution'] },
  sql: {
    start: ['athena:StartQueryExecution', 'glue:GetTable', 'glue:CreateTable', 'glue:UpdateTable'],
    status: ['athena:GetQueryExecution'],
    rows: ['athena:GetQueryExecution', 'athena:GetQueryResults'],
  },
  notifier: { publish: ['sns:Publish'] },
} as const;

/** The ports as a function sees them, each use of them written down. */
export function recordedPorts(ports: Ports, name: FunctionName, uses: Use[]): Ports {
  const use = (action: string, key: string | null = null) => void uses.push({ function: name, action, key });
  const wrapped = Object.entries(ACTIONS).map(([port, methods]) => [
    port,
    new Proxy(ports[port as keyof typeof ACTIONS], {
      get(target, method) {
        for (const action of (methods as Record<string, readonly string[]>)[String(method)] ?? []) use(action);
        const value = Reflect.get(target, method);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    }),
  ]);
  return {
    ...ports,
    ...Object.fromEntries(wrapped),
    store: recordedStore(ports.store, use),
    connect: async (cluster) => {
      use('eks:DescribeCluster');
      return ports.connect(cluster);
    },
  };
}

function recordedStore(store: ObjectStore, use: (action: string, key: string) => void): ObjectStore {
  return {
    bucket: store.bucket,
    locate: (key) => store.locate(key),
    get: (key) => {
      use('s3:GetObject', key);
      return store.get(key);
    },
    stream: (key) => {
      use('s3:GetObject', key);
      return store.stream(key);
    },
    put: (key, body, condition) => {
      use('s3:PutObject', key);
      return store.put(key, body, condition);
    },
    list: (prefix) => {
      use('s3:ListBucket', '');
      return store.list(prefix);
    },
    folders: (prefix) => {
      use('s3:ListBucket', '');
      return store.folders(prefix);
    },
    delete: (key) => {
      use('s3:DeleteObject', key);
      return store.delete(key);
    },
  };
}

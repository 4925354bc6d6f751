/** One price of a service, as somebody can look it up again. */
interface Rate {
  usd: number;
  per: string;
  source: string;
  /** Day of the source; of those pages that bear none, the year that they speak of. */
  asOf: string;
}

/**
 * What the stack pays for besides GPUs, in us-east-1, beyond every free tier. AWS's own pages load their figures by
 * script: where the source is somebody else's page, that is what it quotes of AWS's.
 */
export const SERVICE_RATES = {
  transition: {
    usd: 0.000_025,
    per: 'state transition (Standard)',
    source: 'https://aws.amazon.com/step-functions/pricing/',
    asOf: '2026-07',
  },
  lambdaGbSecond: {
    usd: 0.000_013_333_4,
    per: 'GB-second of Lambda, arm64',
    source: 'https://cloudchipr.com/blog/aws-lambda-pricing',
    asOf: '2024',
  },
  lambdaRequest: {
    usd: 0.000_000_2,
    per: 'request of Lambda',
    source: 'https://git.mcrn.ar/mariano/lambda_local_runner, docs/lambdas-md/lambda-13-cost.md',
    asOf: '2026-05-11',
  },
  athenaTb: {
    usd: 5,
    per: 'TB that a query scans, 10 MB at least; DDL is free',
    source: 'https://athena.guide/articles/athena-basics-pricing-model/',
    asOf: '2020-10-15',
  },
  s3Put: {
    usd: 0.000_005,
    per: 'PUT, COPY, POST or LIST of S3',
    source: 'https://athena.guide/articles/athena-basics-pricing-model/',
    asOf: '2020-10-15',
  },
  s3Get: {
    usd: 0.000_000_4,
    per: 'GET of S3',
    source: 'https://athena.guide/articles/athena-basics-pricing-model/',
    asOf: '2020-10-15',
  },
  logsGb: {
    usd: 0.5,
    per: 'GB of CloudWatch logs taken in',
    source: 'https://www.factualminds.com/blog/amazon-cloudwatch-pricing-metrics-logs-alarms-dashboards/',
    asOf: '2026-06-13',
  },
  metric: {
    usd: 0.3,
    per: 'custom metric and month',
    source: 'https://signoz.io/guides/cloudwatch-pricing',
    asOf: '2026-02-15',
  },
  alarm: {
    usd: 0.1,
    per: 'alarm and month',
    source: 'https://c3x.dev/resources/aws/aws_cloudwatch_metric_alarm',
    asOf: '2026',
  },
  dashboard: {
    usd: 3,
    per: 'dashboard and month',
    source: 'https://www.factualminds.com/blog/amazon-cloudwatch-pricing-metrics-logs-alarms-dashboards/',
    asOf: '2026-06-13',
  },
  key: {
    usd: 1,
    per: 'key of KMS and month',
    source: 'https://cloudburn.io/blog/aws-kms-pricing',
    asOf: '2026-03-14',
  },
  natHour: {
    usd: 0.045,
    per: 'hour of a NAT gateway',
    source: 'https://www.zacfukuda.com/blog/aws-nat-gateway-vs-vpc-endpoint',
    asOf: '2026-06-01',
  },
  endpointHour: {
    usd: 0.01,
    per: 'hour and zone of an interface endpoint',
    source: 'https://www.zacfukuda.com/blog/aws-nat-gateway-vs-vpc-endpoint',
    asOf: '2026-06-01',
  },
  publicAddressMonth: {
    usd: 3.6,
    per: 'public IPv4 address and month',
    source: 'https://www.factualminds.com/blog/amazon-vpc-pricing-endpoints-peering-transit-gateway/',
    asOf: '2026-06-13',
  },
  controlPlaneHour: {
    usd: 0.1,
    per: 'hour of an EKS control plane in standard support',
    source: 'AWS price list, AmazonEKS',
    asOf: '2026-07',
  },
} as const satisfies Record<string, Rate>;

export type RateName = keyof typeof SERVICE_RATES;

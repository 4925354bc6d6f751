import { Aws, Duration, Names, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { CfnWorkGroup } from 'aws-cdk-lib/aws-athena';
import { Key } from 'aws-cdk-lib/aws-kms';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type LifecycleRule,
  ObjectOwnership,
  StorageClass,
} from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { namedQueries } from './named-queries.ts';
import type { ResultsProps } from './props.ts';
import { resultTables } from './result-tables.ts';

/** Where Athena puts what it answers; nothing else is there. */
export const ATHENA_PREFIX = 'athena/';

const MB = 1_000_000;
const DEFAULT_LIMIT_MB = 10_000;
/** What is smaller pays for 128 KB there anyway: plans, leases and rows stay where they are. */
const TIERED_BYTES = 128 * 1024;
/** `stepbench query` reads an answer within seconds. */
const ANSWER_DAYS = 30;

/** Everything that is measured, and how it is asked: one bucket, two tables, one workgroup. */
export class Results extends Construct {
  readonly bucket: Bucket;
  /** Of all data at rest: bucket, answers, notifications. */
  readonly key: Key;
  readonly database: string;
  readonly workgroup: string;

  constructor(scope: Construct, id: string, props: ResultsProps) {
    super(scope, id);
    const retain = props.retain ?? true;
    // A first deployment that fails leaves neither behind: nothing was measured, and nobody would know of them.
    const removalPolicy = retain ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY;
    this.key = new Key(this, 'Key', {
      description: 'StepBench: results, artifacts, notifications',
      enableKeyRotation: true,
      // A bucket without its key is not kept.
      removalPolicy,
    });
    this.bucket = new Bucket(this, 'Bucket', {
      encryption: BucketEncryption.KMS,
      encryptionKey: this.key,
      bucketKeyEnabled: true,
      versioned: true,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      lifecycleRules: lifecycle(props),
      removalPolicy,
      autoDeleteObjects: !retain,
    });
    Validations.of(this.bucket).acknowledge({
      id: 'AwsSolutions-S1',
      reason:
        'Who reads benchmark results is CloudTrail’s to log; a second bucket of access logs would be for no reader.',
    });
    Validations.of(this.bucket).acknowledge({
      id: 'CloudFormation-Validate::W9003',
      reason: 'ObjectSizeGreaterThan is a string in the schema and a number in the CDK; CloudFormation takes both.',
    });
    this.database = resultTables(this, this.bucket);
    this.workgroup = this.#workgroup(props).ref;
    namedQueries(this, { database: this.database, workgroup: this.workgroup });
  }

  #workgroup(props: ResultsProps): CfnWorkGroup {
    return new CfnWorkGroup(this, 'Workgroup', {
      name: Names.uniqueResourceName(this, { maxLength: 60 }),
      description: 'StepBench: questions about benchmark results',
      recursiveDeleteOption: true,
      workGroupConfiguration: {
        enforceWorkGroupConfiguration: true,
        engineVersion: { selectedEngineVersion: 'Athena engine version 3' },
        bytesScannedCutoffPerQuery: (props.scannedMegabytesLimit ?? DEFAULT_LIMIT_MB) * MB,
        publishCloudWatchMetricsEnabled: true,
        requesterPaysEnabled: false,
        resultConfiguration: {
          outputLocation: this.bucket.s3UrlForObject(ATHENA_PREFIX),
          expectedBucketOwner: Aws.ACCOUNT_ID,
          encryptionConfiguration: { encryptionOption: 'SSE_KMS', kmsKey: this.key.keyArn },
        },
      },
    });
  }

  workgroupArn(): string {
    return Stack.of(this).formatArn({ service: 'athena', resource: 'workgroup', resourceName: this.workgroup });
  }
}

/**
 * Keys begin with the run, so that no prefix holds the generators' files alone: what is large under runs/ is theirs,
 * and the reports, which a tier reads as fast. Nothing that is current expires but Athena's own answers.
 */
const lifecycle = ({ artifactTieringDays = 30, oldVersionDays = 30 }: ResultsProps): LifecycleRule[] => [
  {
    id: 'artifacts',
    prefix: 'runs/',
    objectSizeGreaterThan: TIERED_BYTES,
    transitions: [
      { storageClass: StorageClass.INTELLIGENT_TIERING, transitionAfter: Duration.days(artifactTieringDays) },
    ],
  },
  { id: 'answers', prefix: ATHENA_PREFIX, expiration: Duration.days(ANSWER_DAYS) },
  {
    id: 'leftovers',
    noncurrentVersionExpiration: Duration.days(oldVersionDays),
    abortIncompleteMultipartUploadAfter: Duration.days(2),
    expiredObjectDeleteMarker: true,
  },
];

import { S3Client } from '@aws-sdk/client-s3';
import type { ObjectStore } from '#core/ports/object-store.ts';
import { Variable } from '#core/stack/environment.ts';
import { s3Store } from '../store/s3-store.ts';
import { CLIENT_CONFIG } from './client-config.ts';
import { required } from './environment.ts';
import { lazily } from './lazily.ts';

export const store: ObjectStore = lazily(() => s3Store(new S3Client(CLIENT_CONFIG), required(Variable.resultsBucket)));

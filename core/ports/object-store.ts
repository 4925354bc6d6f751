export interface StoredObject {
  body: Uint8Array;
  etag: string;
}

export interface ObjectInfo {
  key: string;
  /** Bytes. */
  size: number;
  etag: string;
}

export interface PutCondition {
  /** Only when nothing is there yet (S3 `If-None-Match: *`). */
  ifAbsent?: true;
  /** Only when the object still has this etag (S3 `If-Match`). */
  ifEtag?: string;
}

/** A bucket. Keys are relative, with `/` between their parts. */
export interface ObjectStore {
  /** Its name, for those who reach it by themselves: the uploader in the load Job. */
  readonly bucket: string;
  get(key: string): Promise<StoredObject | undefined>;
  /** For files that do not fit in memory. Undefined when the key is absent. */
  stream(key: string): Promise<AsyncIterable<Uint8Array> | undefined>;
  /** @throws PreconditionFailedError when the condition does not hold. */
  put(key: string, body: Uint8Array | string, condition?: PutCondition): Promise<{ etag: string }>;
  /** In the order of keys; pages are the adapter's business. */
  list(prefix: string): AsyncIterable<ObjectInfo>;
  /** The names right below a prefix that ends in `/`, folders only, in order (S3's delimiter). */
  folders(prefix: string): AsyncIterable<string>;
  delete(key: string): Promise<void>;
  /** Where a person finds it: `s3://bucket/key` or a path. */
  locate(key: string): string;
}

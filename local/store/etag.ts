import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';

const shortHex = (digest: string) => digest.slice(0, 32);

/** The etag is a hash of the content: the same bytes have the same etag in every local store. */
export const etagOf = (body: Uint8Array): string => shortHex(createHash('sha256').update(body).digest('hex'));

export async function etagOfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return shortHex(hash.digest('hex'));
}

import type { statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { PodRecord } from '#local/cluster/kubelet/pod-record.ts';
import type { Pod } from '#local/cluster/objects/shapes.ts';
import { fullDisk } from '#local/cluster/runtime/full-disk.ts';

const disk = (bytes: number) => ((): object => ({ bavail: bytes / 512, bsize: 512 })) as unknown as typeof statfsSync;

test('a disk with room for a log evicts nobody', () => {
  expect(fullDisk(tmpdir(), disk(2 ** 21))).toBeUndefined();
});

test('a full one does, with what to do about it: of the folder that could not be made, too', () => {
  const why = expect.stringMatching(new RegExp(`^The disk of ${tmpdir()} is full .*TMPDIR, and resume the run\\.$`));
  expect(fullDisk(tmpdir(), disk(4096))).toEqual(why);
  expect(fullDisk(join(tmpdir(), 'not', 'made'), disk(0))).toEqual(why);
});

test('a disk that cannot be asked evicts nobody', () => {
  const broken = (() => {
    throw new Error('EIO');
  }) as unknown as typeof statfsSync;
  expect(fullDisk(tmpdir(), broken)).toBeUndefined();
});

test('a pod that its node cannot keep says so in its status, as a kubelet has it', () => {
  const pod = { spec: { containers: [{ name: 'main', image: 'i' }] }, status: { phase: 'Pending', conditions: [] } };
  const record = new PodRecord(pod as unknown as Pod, '127.0.0.1', '2026-01-01T00:00:00.000Z');
  record.evict('The disk is full.');
  record.end('Failed', '2026-01-01T00:00:01.000Z');
  expect(record.status).toMatchObject({ phase: 'Failed', reason: 'Evicted', message: 'The disk is full.' });
});

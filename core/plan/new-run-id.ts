import { RUN_ID } from '../cluster/names.ts';
import { readMatrix } from '../matrix/read.ts';

/** `g5-gpt-oss-20b` at 2026-01-31 12:34:56 -> `g5-gpt-oss-20b-0131-123456`, shortened where it must be. */
export function newRunId(matrix: unknown, nowMs: number): string {
  const read = readMatrix(matrix);
  const name = read.ok ? read.matrix.name : 'run';
  const stamp = new Date(nowMs).toISOString().replace(/^\d{4}-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d).*$/, '$1$2-$3$4$5');
  const slug = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 32 - stamp.length - 1)
    .replace(/-+$/, '');
  const id = `${slug}-${stamp}`;
  return RUN_ID.test(id) ? id : `run-${stamp}`;
}

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { OwnClusters } from '#core/ports/stack.ts';

export interface OpenOwnClusters {
  clusters: OwnClusters;
  /** Puts clusters there: by name, with the stack that made them. */
  place(clusters: Record<string, string | null>): void;
  close(): Promise<void>;
}

export function ownClustersContract(what: string, open: () => Promise<OpenOwnClusters>): void {
  describe(`clusters of ${what}`, () => {
    let opened: OpenOwnClusters;
    beforeEach(async () => {
      opened = await open();
      opened.place({ a: 'bench', b: 'other', c: null, d: 'bench', e: 'Bench', f: 'bench' });
    });
    afterEach(() => opened.close());

    it('are of the stack that made them, of none, or not there', async () => {
      const { owner } = opened.clusters;
      expect(await owner('a')).toMatchObject({ stack: 'bench', status: 'ACTIVE' });
      expect(await owner('c')).toMatchObject({ stack: null });
      expect(await owner('nobody')).toBeUndefined();
    });

    it('are all found that a stack has made, and no other', async () => {
      expect((await opened.clusters.ofStack('bench')).toSorted()).toEqual(['a', 'd', 'f']);
      expect(await opened.clusters.ofStack('nobody')).toEqual([]);
    });

    it('are deleted; one that is not there is no error', async () => {
      await opened.clusters.delete('d');
      await opened.clusters.delete('nobody');
      const left = await opened.clusters.owner('d');
      expect(left === undefined || left.status === 'DELETING').toBe(true);
      expect(await opened.clusters.owner('a')).toMatchObject({ status: 'ACTIVE' });
    });
  });
}

import { expect, it } from 'vitest';
import { announce, announceEmpty, readPurchases } from '#lambdas/store/purchase.ts';
import { memoryStore } from '#local/store/memory-store.ts';
import { purchase } from '../fakes/purchases.ts';
import { RUN } from '../fakes/world.ts';

const LATER = '2026-07-01T13:00:00.000Z';

it('the first announcement stands: the nodes may have lived since', async () => {
  const store = memoryStore();
  await announce(store, purchase());
  await announce(store, purchase({ askedAt: LATER, nodes: 7 }));
  await announce(store, purchase({ attempt: 2, askedAt: LATER }));
  expect(await readPurchases(store, RUN)).toEqual([purchase(), purchase({ attempt: 2, askedAt: LATER })]);
});

it('a pool without a node says since when, once; one that was never announced says nothing', async () => {
  const store = memoryStore();
  await announce(store, purchase());
  await announceEmpty(store, purchase(), LATER);
  await announceEmpty(store, purchase(), '2026-07-01T14:00:00.000Z');
  await announceEmpty(store, purchase({ deployment: 'd1' }), LATER);
  expect(await readPurchases(store, RUN)).toEqual([purchase({ emptyAt: LATER })]);
});

it('one that cannot be read stops a resume: what it hides may have been spent', async () => {
  const store = memoryStore();
  await store.put(`runs/${RUN}/purchases/d0/1.json`, '{"schema_version":2}');
  await expect(readPurchases(store, RUN)).rejects.toThrow(/is not of this version/);
});

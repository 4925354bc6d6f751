import { expect, it } from 'vitest';
import { Places } from '#local/cluster/controllers/places.ts';
import type { Pod } from '#local/cluster/objects/shapes.ts';

const pod = (name: string): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: { containers: [{ name: 'main', image: 'i', resources: { requests: { cpu: '1' } } }] },
  status: { phase: 'Pending', conditions: [] },
});

/** A claim with room for two pods. */
function opened(): Places {
  const places = new Places();
  places.open('claim', { labels: {}, taints: [], free: { cpu: 2, pods: 10 } });
  return places;
}
const taken = (places: Places, ...names: string[]) => names.map((name) => places.take('claim', pod(name)));

it('a claim gives as many places as it has room for, and none where it is not open', () => {
  const places = opened();
  expect(taken(places, '1', '2', '3')).toEqual([true, true, false]);
  expect(['/1', '/2', '/3'].map((key) => places.has(key))).toEqual([true, true, false]);
  expect(places.take('other', pod('3'))).toBe(false);
});

it('a pod that leaves makes room for one more, once', () => {
  const places = opened();
  taken(places, '1', '2');
  places.leave('/1');
  places.leave('/1');
  expect(places.has('/1')).toBe(false);
  expect(taken(places, '3', '4')).toEqual([true, false]);
});

it('a claim that closes tells which pods have no place any more, and they may have another', () => {
  const places = opened();
  taken(places, '1', '2');
  places.leave('/1');
  expect(places.close('claim')).toEqual(['/2']);
  expect(places.isOpen('claim')).toBe(false);
  expect(places.has('/2')).toBe(false);
  expect(places.close('claim')).toEqual([]);
});

import { Label } from '#core/cluster/names.ts';
import { instanceShape, type Resources } from '../instance-shapes.ts';
import type { NodePool, Requirement } from '../objects/shapes.ts';
import { type Host, meets } from './fit.ts';

/** One instance that could be had: a type, in a zone, under a capacity type. */
export interface Offer extends Host {
  instanceType: string;
  capacityType: string;
  zone: string;
  capacity: Resources;
}

const CAPACITY_TYPES = ['reserved', 'spot', 'on-demand'];

const valuesOf = (requirements: readonly Requirement[], key: string): string[] | undefined =>
  requirements.find((requirement) => requirement.key === key && requirement.operator === 'In')?.values;

/** In the order in which they are tried. */
export const typesOf = (requirements: readonly Requirement[]): readonly string[] =>
  valuesOf(requirements, Label.instanceType) ?? [];

/**
 * What meets the requirements, in the order in which it is tried. Types are named, never searched for: a
 * pool without an instance type offers nothing here.
 */
export const offersOf = (...of: Parameters<typeof eachOffer>): Offer[] => [...eachOffer(...of)];

/** The one that is tried first. */
export const firstOffer = (...of: Parameters<typeof eachOffer>): Offer | undefined => eachOffer(...of).next().value;

function* eachOffer(
  requirements: readonly Requirement[],
  pool: Pick<NodePool, 'metadata' | 'spec'>,
  zones: readonly string[],
): Generator<Offer, undefined> {
  const { metadata, spec } = pool.spec.template;
  for (const instanceType of typesOf(requirements)) {
    const shape = instanceShape(instanceType);
    if (shape === undefined) continue;
    for (const capacityType of CAPACITY_TYPES) {
      for (const zone of zones) {
        const labels = {
          ...metadata?.labels,
          'kubernetes.io/arch': 'amd64',
          'kubernetes.io/os': 'linux',
          [Label.nodePool]: pool.metadata.name,
          [Label.instanceType]: instanceType,
          [Label.capacityType]: capacityType,
          [Label.zone]: zone,
        };
        if (!requirements.every((requirement) => meets(labels, requirement))) continue;
        const { capacity, allocatable } = shape;
        yield {
          instanceType,
          capacityType,
          zone,
          labels,
          taints: spec.taints ?? [],
          free: allocatable,
          capacity,
        };
      }
    }
  }
  return undefined;
}

import { describe, expect, it } from 'vitest';
import { environmentOf } from '#local/cluster/kubelet/environment.ts';
import type { Container, Pod } from '#local/cluster/objects/shapes.ts';

const pod = { metadata: { name: 'p', namespace: 'stepbench', uid: 'u' }, spec: {} } as unknown as Pod;
const container = (key: string, optional?: boolean): Container => ({
  name: 'c',
  image: 'i',
  env: [
    { name: 'PLAIN', value: 'plain' },
    { name: 'KEY', valueFrom: { secretKeyRef: { name: 'keys', key, ...(optional && { optional }) } } },
    { name: 'BOTH', value: '$(PLAIN) $(KEY)' },
  ],
});
const secrets = (secret: string, key: string) => (secret === 'keys' && key === 'MINE' ? '$$(PLAIN)/v' : undefined);
const localize = (value: string) => value.replace('/v', '/local');

describe('a variable out of a Secret', () => {
  it('is taken as it is: nothing in it is expanded, and no path in it is made local', () =>
    expect(environmentOf(container('MINE'), pod, localize, secrets).KEY).toBe('$$(PLAIN)/v'));

  it('says in a real kubelet’s words that it is not there', () =>
    expect(() => environmentOf(container('OTHER'), pod, localize, secrets)).toThrow(
      "couldn't find key OTHER in Secret keys",
    ));

  it('is left out where it may be', () =>
    expect(environmentOf(container('OTHER', true), pod, localize, secrets)).not.toHaveProperty('KEY'));
});

import { Annotation, Label } from '../names.ts';

export interface SecretValue {
  secret: string;
  key: string;
  /** Where there is no such Secret the variable is left out; else the container does not start. */
  optional?: true;
}

/** A container as the engines and generators describe it. */
export interface ContainerSpec {
  image: string;
  command?: readonly string[];
  args?: readonly string[];
  /** In order: a value may name a variable that stands before it, as `$(NAME)`. */
  env?: Readonly<Record<string, string>>;
  /** Variables whose values lie in a Secret of the namespace: none of them stands in any manifest. */
  secretEnv?: Readonly<Record<string, SecretValue>>;
  /** Who it runs as, where the image can do without root. */
  user?: number;
}

export const container = (name: string, { image, command, args, env, secretEnv, user }: ContainerSpec) => ({
  name,
  image,
  ...(command === undefined ? {} : { command: [...command] }),
  ...(args === undefined ? {} : { args: [...args] }),
  env: [
    ...Object.entries(secretEnv ?? {}).map(([variable, { secret, ...value }]) => ({
      name: variable,
      valueFrom: { secretKeyRef: { name: secret, ...value } },
    })),
    ...Object.entries(env ?? {}).map(([key, value]) => ({ name: key, value })),
  ],
  securityContext: {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
    ...(user === undefined ? {} : { runAsNonRoot: true, runAsUser: user }),
  },
});

/** A user that no image has: what runs as it owns nothing but its volumes. AIPerf's own has this number, too. */
export const ORDINARY_USER = 1000;

/**
 * Hardening that every pod of ours bears. runAsNonRoot is not among it, but each container's own: vLLM's image and
 * genai-perf's run as root.
 */
export const hardened = {
  automountServiceAccountToken: false,
  enableServiceLinks: false,
  securityContext: { seccompProfile: { type: 'RuntimeDefault' } },
} as const;

/** On the one pool, past its taint. */
export const onPool = (pool: string, taint: string) => ({
  nodeSelector: { [Label.nodePool]: pool },
  tolerations: [{ key: taint, operator: 'Exists', effect: 'NoSchedule' }],
});

/** In the one zone; nothing when it is not known. */
export const inZone = (zone: string | undefined) =>
  zone === undefined || zone === ''
    ? {}
    : {
        affinity: {
          nodeAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: {
              nodeSelectorTerms: [{ matchExpressions: [{ key: Label.zone, operator: 'In', values: [zone] }] }],
            },
          },
        },
      };

/** Nothing moves the pod before it ends, or its pool's terminationGracePeriod does. */
export const undisturbed = (deadline: string): Record<string, string> => ({
  [Annotation.doNotDisrupt]: 'true',
  [Annotation.deadline]: deadline,
});

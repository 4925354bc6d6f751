import { groupOf, KUBERNETES_ACTORS, KUBERNETES_RULES, type PolicyRule } from '#core/cluster/access.ts';
import { TELEMETRY_NAMESPACE } from '#core/cluster/names.ts';
import { OPERATOR_RULES } from '#core/cluster/operators.ts';
import { code, table } from './markdown.ts';

const rules = (all: readonly PolicyRule[]): string =>
  all.map(({ resources, verbs }) => `${resources.join(', ')}: ${verbs.join(' ')}`).join('; ');

/** What each function's group may do inside a cluster, and each operator's. */
export const kubernetesTable = (): string =>
  table(
    [
      'group',
      `in the namespace ${code('stepbench')}`,
      'cluster-wide',
      `in ${code('default')}`,
      `in ${code(TELEMETRY_NAMESPACE)}`,
    ],
    [
      ...KUBERNETES_ACTORS.map((actor) => {
        const { namespaced, clusterWide, inDefault, inTelemetry = [] } = KUBERNETES_RULES[actor];
        return [code(groupOf(actor)), rules(namespaced), rules(clusterWide), rules(inDefault), rules(inTelemetry)];
      }),
      [code('stepbench:operator-HASH'), rules(OPERATOR_RULES.namespaced), rules(OPERATOR_RULES.clusterWide), '', ''],
    ],
  );

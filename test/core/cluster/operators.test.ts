import { expect, it } from 'vitest';
import { OPERATOR_RULES, operatorGroup, operatorManifests } from '#core/cluster/operators.ts';

const OPERATOR = 'arn:aws:iam::111122223333:role/Operator';

it('operators look and forward ports: nothing that they may do changes anything, or reads a secret', () => {
  const rules = [...OPERATOR_RULES.namespaced, ...OPERATOR_RULES.clusterWide];
  const changing = rules.filter(({ verbs }) => verbs.some((verb) => !['get', 'list', 'watch'].includes(verb)));
  expect(changing.flatMap(({ resources }) => resources)).toEqual(['pods/portforward']);
  expect(JSON.stringify(rules)).not.toMatch(/secrets|pods\/exec|\*/);
});

it('each operator has a group that EKS takes, and only those of now are bound', () => {
  expect(operatorGroup(OPERATOR)).toMatch(/^stepbench:operator-[0-9a-f]{12}$/);
  expect(operatorGroup(`${OPERATOR}2`)).not.toBe(operatorGroup(OPERATOR));
  const kinds = operatorManifests([OPERATOR]).map(({ kind }) => kind);
  expect(kinds).toEqual(['Role', 'RoleBinding', 'ClusterRole', 'ClusterRoleBinding']);
  for (const bound of operatorManifests([])) expect('subjects' in bound ? bound.subjects : []).toEqual([]);
});

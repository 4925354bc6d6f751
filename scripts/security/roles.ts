import { flattened } from '#infra/wildcards.ts';
import { code, codes, table } from './markdown.ts';
import type { Resource, Statement } from './template.ts';

const listed = (value: unknown): unknown[] => (Array.isArray(value) ? value : value === undefined ? [] : [value]);

/**
 * Every role of the stack that is no function's: who may take it, and what it then may. The functions' are in the
 * table of grants.
 */
export function rolesTable(resources: Record<string, Resource>): string {
  const paths = new Map(Object.entries(resources).map(([id, one]) => [id, pathOf(id, one)]));
  const readable = (value: unknown): string =>
    flattened(value)
      .replace(/<(\w+)(?:\.\w+)?>/g, (whole, id: string) => paths.get(id) ?? whole)
      .replace('arn:<AWS::Partition>:', '')
      .replace(/^(\w+):<AWS::Region>:<AWS::AccountId>:/, '$1 ')
      .replace(/^iam::aws:policy\//, '')
      // Names that the CDK makes unique.
      .replace(/StepBench(\w*?)[0-9A-F]{8}(?=[/:]|$)/, (_, of: string) => `STACK${of}`);
  const conditions = ({ Condition = {} }: Statement): string =>
    Object.values(Condition)
      .flatMap((of) =>
        Object.entries(of).map(([key, value]) => `${code(key)} is ${listed(value).map(readable).join(' or ')}`),
      )
      .join('; ');
  const things = (resource: unknown): string => {
    const all = listed(resource).map(readable);
    const ofFunctions = all.filter((one) => /^Tasks\/\w+\/Function:\*$/.test(one));
    return ofFunctions.length > 1 && ofFunctions.length === all.length
      ? `every version of ${all.length} functions`
      : all.map(code).join(', ');
  };
  const policies = Object.values(resources).filter(({ Type }) => Type === 'AWS::IAM::Policy');

  const rows = Object.entries(resources)
    .filter(([id, { Type }]) => Type === 'AWS::IAM::Role' && !paths.get(id)?.startsWith('Tasks/'))
    .flatMap(([id, { Properties }]) => {
      const trust = Properties.AssumeRolePolicyDocument.Statement;
      const services = [...new Set(trust.flatMap(({ Principal }) => listed(Principal?.Service).map(String)))];
      const trusted = trust.map(conditions).find((text) => text !== '');
      const who = `${services.join(', ')}${trusted === undefined ? '' : ` (${trusted})`}`;
      const managed = (Properties.ManagedPolicyArns ?? []).map(readable);
      const given = policies
        .filter(({ Properties: { Roles } }) => Roles.some(({ Ref }) => Ref === id))
        .flatMap(({ Properties: { PolicyDocument } }) => PolicyDocument.Statement);
      const lines = [
        ...(managed.length > 0 ? [[`policies of AWS: ${codes(managed)}`, '', '']] : []),
        ...given.map((one) => [codes(listed(one.Action).map(String)), things(one.Resource), conditions(one)]),
      ];
      return lines.map((line, index) => [...(index === 0 ? [code(paths.get(id) ?? id), who] : ['', '']), ...line]);
    });
  return table(['role', 'taken by', 'actions', 'on', 'only if'], rows);
}

/** Where it stands in the construct: `Results/Bucket`. */
const pathOf = (id: string, { Metadata }: Resource): string =>
  (Metadata?.['aws:cdk:path'] ?? id).replace(/^StepBench\/StepBench\//, '').replace(/\/Resource$/, '');

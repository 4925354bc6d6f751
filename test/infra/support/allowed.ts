import type { FunctionName } from '#infra/functions.ts';
import { flattened } from '#infra/wildcards.ts';
import { resourcesOf, type Synthesized } from './synthesize.ts';

export interface Permission {
  action: string;
  /** As `<Bucket.Arn>/runs/*`. */
  resource: string;
}

const listed = <T>(one: T | T[]): T[] => (Array.isArray(one) ? one : [one]);

/** What the role may do that the function of this name really runs as. */
export function permissionsOf(stack: Synthesized, name: FunctionName): Permission[] {
  const [found, ...more] = resourcesOf(stack, 'AWS::Lambda::Function').filter(({ Properties }) =>
    (Properties.Description as string).startsWith(`StepBench ${name}:`),
  );
  if (found === undefined || more.length > 0) throw new Error(`${name} is not one function`);
  const role = found.Properties.Role['Fn::GetAtt'][0] as string;
  return resourcesOf(stack, 'AWS::IAM::Policy')
    .filter(({ Properties }) => Properties.Roles.some(({ Ref }: { Ref: string }) => Ref === role))
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement as { Action: string; Resource: unknown }[])
    .flatMap(({ Action, Resource }) =>
      listed(Action).flatMap((action) =>
        listed(Resource).map((resource) => ({ action, resource: flattened(resource) })),
      ),
    );
}

const globs = new Map<string, RegExp>();

/** IAM's `*`: any characters, slashes too. */
export function matches(pattern: string, text: string): boolean {
  let glob = globs.get(pattern);
  if (glob === undefined) {
    glob = new RegExp(
      `^${pattern
        .split('*')
        .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
        .join('.*')}$`,
    );
    globs.set(pattern, glob);
  }
  return glob.test(text);
}

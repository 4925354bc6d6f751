import type { FunctionName } from '#infra/functions.ts';
import { flattened } from '#infra/wildcards.ts';
import { resourcesOf, type Synthesized } from './synthesize.ts';

type Condition = Record<string, Record<string, string[]>>;

export interface Permission {
  action: string;
  /** As `<Bucket.Arn>/runs/*`. */
  resource: string;
  condition: Condition;
}

/** What IAM is asked before AWS does something. */
export interface Authorization {
  action: string;
  /** The ARN by which AWS authorizes it, as {@link Permission} writes it; `*` where it knows none. */
  resource: string;
  /** The condition keys that AWS fills in. */
  context?: Record<string, string>;
}

const listed = <T>(one: T | T[]): T[] => (Array.isArray(one) ? one : [one]);

interface Statement {
  Effect: string;
  Action: string | string[];
  Resource: unknown;
  Condition?: Record<string, Record<string, unknown>>;
}

/** What the role may do that the function of this name really runs as. */
export function permissionsOf(stack: Synthesized, name: FunctionName): Permission[] {
  const [found, ...more] = resourcesOf(stack, 'AWS::Lambda::Function').filter(({ Properties }) =>
    (Properties.Description as string).startsWith(`StepBench ${name}:`),
  );
  if (found === undefined || more.length > 0) throw new Error(`${name} is not one function`);
  return permissionsOfRole(stack, found.Properties.Role['Fn::GetAtt'][0] as string);
}

/** @param role its logical id. */
export const permissionsOfRole = (stack: Synthesized, role: string): Permission[] =>
  // What does not fit into a role's own policy, the CDK puts into a managed one.
  ['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy']
    .flatMap((type) => resourcesOf(stack, type))
    .filter(({ Properties }) => (Properties.Roles ?? []).some(({ Ref }: { Ref: string }) => Ref === role))
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement as Statement[])
    .flatMap(({ Effect, Action, Resource, Condition = {} }) => {
      if (Effect !== 'Allow') throw new Error(`${Effect} is not evaluated here`);
      const condition = Object.fromEntries(
        Object.entries(Condition).map(([operator, keys]) => [
          operator,
          Object.fromEntries(Object.entries(keys).map(([key, values]) => [key, listed(values).map(flattened)])),
        ]),
      );
      return listed(Action).flatMap((action) =>
        listed(Resource).map((resource) => ({ action, resource: flattened(resource), condition })),
      );
    });

/** As IAM decides: one statement has to name the action and the resource, and each of its conditions has to hold. */
export const allows = (
  permissions: readonly Permission[],
  { action, resource, context = {} }: Authorization,
): boolean =>
  permissions.some((one) => one.action === action && matches(one.resource, resource) && holds(one.condition, context));

const holds = (condition: Condition, context: Record<string, string>): boolean =>
  Object.entries(condition).every(([operator, keys]) =>
    Object.entries(keys).every(([key, values]) => compares(operator, values, context[key])),
  );

/** Every key here has one value, or none: a condition on a key that is not there does not hold, but for IfExists. */
function compares(operator: string, values: readonly string[], actual: string | undefined): boolean {
  const [, base, ifExists] = /^(?:ForAnyValue:)?(\w+?)(IfExists)?$/.exec(operator) ?? [];
  if (actual === undefined) return ifExists !== undefined;
  switch (base) {
    case 'StringEquals':
      return values.includes(actual);
    case 'StringLike':
    case 'ArnLike':
    case 'ArnEquals':
      return values.some((value) => matches(value, actual));
    default:
      throw new Error(`${operator} is not evaluated here`);
  }
}

const globs = new Map<string, RegExp>();

/** IAM's wildcards: `*` for any characters, slashes too, and `?` for one. */
export function matches(pattern: string, text: string): boolean {
  let glob = globs.get(pattern);
  if (glob === undefined) {
    const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&');
    glob = new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`);
    globs.set(pattern, glob);
  }
  return glob.test(text);
}

import type * as z from 'zod/mini';
import type { Path } from './problems.ts';

type Definition = {
  type: string;
  innerType?: z.ZodMiniType;
  element?: z.ZodMiniType;
  valueType?: z.ZodMiniType;
  shape?: Record<string, z.ZodMiniType>;
};

const definition = (schema: z.ZodMiniType): Definition => schema._zod.def as unknown as Definition;

function unwrapped(schema: z.ZodMiniType): z.ZodMiniType {
  let current = schema;
  for (;;) {
    const inner = definition(current).innerType;
    if (inner === undefined) return current;
    current = inner;
  }
}

/** The schema of what stands at a path of the document; undefined where the document may have nothing. */
export function schemaAt(root: z.ZodMiniType, path: Path): z.ZodMiniType | undefined {
  let current: z.ZodMiniType | undefined = unwrapped(root);
  for (const segment of path) {
    if (current === undefined) return undefined;
    const { shape, element, valueType } = definition(current);
    const next: z.ZodMiniType | undefined =
      shape !== undefined && Object.hasOwn(shape, segment) ? shape[String(segment)] : (element ?? valueType);
    current = next === undefined ? undefined : unwrapped(next);
  }
  return current;
}

/** The fields that an object of this schema may have; none for anything else. */
export const fieldsOf = (schema: z.ZodMiniType | undefined): string[] =>
  schema === undefined ? [] : Object.keys(definition(schema).shape ?? {});

export function valueAt(document: unknown, path: Path): unknown {
  let current = document;
  for (const segment of path) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, segment)) return undefined;
    current = (current as Record<PropertyKey, unknown>)[segment];
  }
  return current;
}

import type * as z from 'zod/mini';
import { AXES, type Axis } from './axes.ts';
import { nearest } from './nearest.ts';
import type { Path } from './problems.ts';
import { MATRIX_DOCUMENT, type MatrixDocument } from './schema.ts';
import { valueAt } from './schema-walk.ts';

export interface Promised {
  /** The defaults as a whole: any value of any combination. */
  byDefaults: boolean;
  /** Axes of include entries: of combinations that such an entry may have been added to, and none makes complete. */
  byInclude: ReadonlySet<Axis>;
}

/** What can still be checked of a document that has mistakes. */
export interface Salvaged {
  document: MatrixDocument;
  /** Axes of which a value was dropped so that none is left: what depends on them is not judged. */
  broken: ReadonlySet<Axis>;
  /** That a combination has no value is no mistake of its own where something that was dropped may have given it one. */
  promised: Promised;
  /** Whether the servers that run already are all known, by their labels at least. */
  knowsEndpoints: boolean;
  /** Whether combinations are left out that an exclude entry may not have meant. */
  excludesTooMuch: boolean;
  /** For each list that lost values: the index in the user's list of what stands there now. */
  originalIndex: ReadonlyMap<string, readonly number[]>;
}

type Mutable = Record<PropertyKey, unknown>;

const DROPPED = Symbol('dropped');

/** Stands in where a required field is missing, so that the others can be checked. */
const PLACEHOLDERS = { name: 'matrix', budgetUsd: 1, matrix: {} } as const;

/** The same within what the user has by name: a model so small that it fits anywhere, a server that is somewhere. */
const NAMED_PLACEHOLDERS: Readonly<Record<string, Mutable>> = {
  models: { weightsGiB: Number.MIN_VALUE },
  endpoints: { url: 'http://stand-in' },
};

/**
 * Takes everything out that the schema complained of, so that the checks across fields can run on the rest and all
 * mistakes come in one answer. Undefined when nothing can be made of it.
 */
export function salvage(
  input: object,
  issues: readonly z.core.$ZodIssue[],
  duplicates: readonly Path[],
): Salvaged | undefined {
  const copy = copyOf(input, DEEPEST) as Mutable;
  const promised = promisedBy(input, issues);
  const broken = new Set<Axis>();
  for (const path of duplicates) drop(copy, path);
  for (const issue of issues) {
    if (issue.code === 'unrecognized_keys') for (const key of issue.keys) drop(copy, [...issue.path, key]);
    else drop(copy, droppable(issue.path));
  }
  for (const issue of issues) if (issue.code !== 'invalid_key') standIn(copy, issue.path);
  const originalIndex = new Map<string, readonly number[]>();
  compact(copy, [], originalIndex);
  const matrix = copy.matrix as Mutable | undefined;
  for (const axis of AXES) {
    const list = matrix?.[axis];
    if (Array.isArray(list) && list.length === 0) {
      broken.add(axis);
      delete matrix?.[axis];
    } else if (touched(issues, axis)) {
      if (list === undefined) broken.add(axis);
    }
  }
  const parsed = MATRIX_DOCUMENT.safeParse({ ...PLACEHOLDERS, ...copy });
  const knowsEndpoints = !issues.some(
    ({ code, path }) => path[0] === 'endpoints' && (path.length === 1 || code === 'invalid_key'),
  );
  const excludesTooMuch = issues.some(({ path: [top, list] }) => top === 'matrix' && list === 'exclude');
  return parsed.success
    ? { document: parsed.data, broken, promised, knowsEndpoints, excludesTooMuch, originalIndex }
    : undefined;
}

function promisedBy(input: object, issues: readonly z.core.$ZodIssue[]): Promised {
  const byInclude = new Set<Axis>();
  for (const { path } of issues) {
    const [top, list, index] = path;
    if (top !== 'matrix' || list !== 'include') continue;
    const entry = index === undefined ? undefined : valueAt(input, ['matrix', 'include', index]);
    for (const axis of AXES) if (index === undefined || valueAt(entry, [axis]) !== undefined) byInclude.add(axis);
  }
  return { byDefaults: issues.some(({ path }) => path.length === 1 && path[0] === 'defaults'), byInclude };
}

/** Puts a stand-in where a named thing lost what it must have; takes away a part that is nothing without it. */
function standIn(copy: Mutable, [top, name, field]: Path): void {
  const placeholder = NAMED_PLACEHOLDERS[String(top)];
  if (top === 'hold' && name !== undefined) delete copy.hold;
  if (placeholder === undefined || name === undefined) return;
  const named = copy[top as string] as Mutable;
  if (field === undefined) Object.defineProperty(named, name, { ...OWN, value: { ...placeholder } });
  else if (Object.hasOwn(placeholder, field)) Object.assign(named[name] as Mutable, placeholder);
}

/** Also of a name like `__proto__`. */
const OWN = { enumerable: true, configurable: true, writable: true } as const;

/**
 * A mistake within an include entry takes the entry along: half of it would mean something else. Within an exclude
 * entry it takes the field only: excluding too much hides a mistake for now, excluding too little invents some.
 */
function droppable(path: Path): Path {
  const [top, list, index, field] = path;
  if (top !== 'matrix') return path;
  if (list === 'include' && index !== undefined) return ['matrix', 'include', index];
  if (list === 'exclude' && field !== undefined) return ['matrix', 'exclude', index as number, field];
  return path.length > 3 ? path.slice(0, 3) : path;
}

/** Whether something is wrong with the axis itself, its name included. */
const touched = (issues: readonly z.core.$ZodIssue[], axis: Axis): boolean =>
  issues.some((issue) => {
    const [top, field, ...rest] = issue.path;
    if (top !== 'matrix' && top !== 'defaults') return false;
    if (issue.code === 'unrecognized_keys' && field === undefined)
      return issue.keys.some((key) => nearest(key, AXES) === axis);
    return field === axis && rest.length <= 1;
  });

/** The document, its matrix, a list, an entry, its engine arguments, one of them. */
const DEEPEST = 6;

/** A copy to take things out of. What lies deeper than any field has been refused already, and may be bottomless. */
function copyOf(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (depth === 0) return undefined;
  if (Array.isArray(value)) return value.map((item) => copyOf(item, depth - 1));
  const copy: Mutable = {};
  for (const [key, child] of Object.entries(value)) {
    if (key !== '__proto__') copy[key] = copyOf(child, depth - 1);
  }
  return copy;
}

function drop(root: Mutable, path: Path): void {
  const last = path.at(-1);
  if (last === undefined) return;
  let parent: unknown = root;
  for (const segment of path.slice(0, -1)) {
    if (typeof parent !== 'object' || parent === null || !Object.hasOwn(parent, segment)) return;
    parent = (parent as Mutable)[segment];
  }
  if (typeof parent !== 'object' || parent === null) return;
  if (Array.isArray(parent)) parent[Number(last)] = DROPPED;
  else delete (parent as Mutable)[last];
}

/** Closes the gaps in lists, and leaves out exclude entries of which nothing remains. */
function compact(value: unknown, path: Path, originalIndex: Map<string, readonly number[]>): void {
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    const gone = (item: unknown) => item === DROPPED || (isEntry(path) && isEmpty(item));
    if (value.some(gone)) {
      const kept = [...value.keys()].filter((index) => !gone(value[index]));
      originalIndex.set(JSON.stringify(path), kept);
      value.splice(0, value.length, ...kept.map((index) => value[index]));
    }
    return;
  }
  for (const [key, child] of Object.entries(value)) compact(child, [...path, key], originalIndex);
}

const isEntry = ([top, list]: Path): boolean => top === 'matrix' && (list === 'include' || list === 'exclude');

const isEmpty = (item: unknown): boolean => typeof item === 'object' && item !== null && Object.keys(item).length === 0;

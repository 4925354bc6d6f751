import type * as z from 'zod/mini';
import { GPU_INSTANCE_TYPES } from '../pricing/gpu-instances.ts';
import { nearest } from './nearest.ts';
import { carried, formatPath, type Path, type Problem, show } from './problems.ts';
import { MATRIX_DOCUMENT } from './schema.ts';
import { fieldsOf, schemaAt, valueAt } from './schema-walk.ts';

type Issue = z.core.$ZodIssue;

/** What to write in fields whose form no bound explains. */
const FORMS: Record<string, string> = {
  name: 'lower-case letters, digits and hyphens, at most 40, such as "g5-gpt-oss-20b"',
  model: 'the model as on the hub, such as "openai/gpt-oss-20b"',
  models: 'the model as on the hub, such as "openai/gpt-oss-20b"',
  engineArguments: 'one line of printable text without "$(", at most 512 characters',
  region: 'a region such as "us-east-1"',
  version: 'a minor version such as "1.36"',
  note: 'one line of printable text, at most 200 characters',
  endpoints: '"endpoint", or "endpoint-" and a name, such as "endpoint-rack-2"',
  caCertificates: 'certificates in PEM, from -----BEGIN CERTIFICATE-----',
  gpuName: 'a GPU model such as "A10G"',
  tokenizer: '"builtin", a name on the hub, or a folder',
  cluster: 'letters, digits, hyphens and underscores, at most 100',
};

/** What people may well ask for, and what there is not. */
const NOT_OFFERED: Record<string, string> = {
  dataset: 'cannot be sent: the load generator makes all prompts, of the lengths asked for',
};

const EXAMPLES: Record<string, string> = {
  name: '"name": "my-benchmark"',
  budgetUsd: '"budgetUsd": 20',
  matrix: '"matrix": {"instanceType": ["g5.8xlarge"], ...}',
};

/** The field that a path is about: its last name that is no index. */
const fieldName = (path: Path): string => String(path.findLast((segment) => typeof segment === 'string') ?? '');

const kind = (value: unknown): string =>
  value === null ? 'null' : Array.isArray(value) ? 'a list' : typeof value === 'object' ? 'an object' : show(value);

const EXPECTED: Record<string, string> = {
  array: 'a list in brackets',
  object: 'an object in braces',
  record: 'an object in braces',
  string: 'a text in quotes',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
};

function unknownField(issue: Issue & { code: 'unrecognized_keys' }, path: Path, document: unknown): Problem[] {
  const known = fieldsOf(schemaAt(MATRIX_DOCUMENT, path));
  return issue.keys.map((key) => {
    const meant = nearest(key, known);
    return {
      path: formatPath([...path, key]),
      value: carried(valueAt(document, [...path, key])),
      message: `there is no field ${show(key)} here`,
      instead: meant === undefined ? `one of ${known.join(', ')}` : `"${meant}"`,
      code: 'unknown-field',
    };
  });
}

function unknownValue(values: readonly unknown[], field: string, value: unknown): Omit<Problem, 'path' | 'value'> {
  const options = values.map(String);
  const meant = typeof value === 'string' ? nearest(value, options) : undefined;
  const isInstanceType = field === 'instanceType';
  const families = [...new Set(options.map((option) => option.split('.')[0]))].join(', ');
  return {
    message: isInstanceType
      ? `${show(value)} is not an instance type that is known here`
      : `${show(value)} ${NOT_OFFERED[field] ?? 'is not known'}`,
    instead:
      meant !== undefined
        ? `"${meant}"`
        : isInstanceType
          ? `a type of ${families}`
          : `${options.length > 1 ? 'one of ' : ''}${options.map((o) => `"${o}"`).join(', ')}`,
    code: isInstanceType ? 'unknown-instance-type' : 'unknown-value',
  };
}

const UNITS: Readonly<Record<string, string>> = { array: 'value', string: 'character' };

/** `1 value`, `20 values`, and a number alone. */
function amount(of: number | bigint, origin: string): string {
  const unit = UNITS[origin];
  return unit === undefined ? `${of}` : `${of} ${unit}${Number(of) === 1 ? '' : 's'}`;
}

/** One issue of the schema's as problems for people; `document` is what the user wrote. */
export function explain(issue: Issue, document: unknown): Problem[] {
  const path: Path = issue.path;
  const value = valueAt(document, path);
  const at = { path: formatPath(path), value: carried(value) };
  const field = fieldName(path);
  switch (issue.code) {
    case 'unrecognized_keys':
      return unknownField(issue, path, document);
    case 'invalid_value':
      if (value === undefined) break;
      return [{ ...at, ...unknownValue(issue.values, field, value) }];
    case 'invalid_union':
      if (value === undefined) break;
      return [{ ...at, ...unknownValue(GPU_INSTANCE_TYPES, field, value) }];
    case 'too_small': {
      const exclusive = issue.inclusive === false;
      const instead =
        issue.origin === 'array'
          ? 'at least one value, or leave the field out'
          : exclusive
            ? `more than ${issue.minimum}`
            : `${issue.minimum}`;
      const least = `${exclusive ? 'more than' : 'at least'} ${amount(issue.minimum, issue.origin)}`;
      return [{ ...at, message: `${show(value)} is too small: ${least}`, instead, code: 'out-of-range' }];
    }
    case 'too_big': {
      const most = `at most ${amount(issue.maximum, issue.origin)}`;
      return [{ ...at, message: `${show(value)} is too large: ${most}`, instead: most, code: 'out-of-range' }];
    }
    case 'invalid_format':
    case 'invalid_key': {
      // The label of an endpoint is the one form that is no list of names.
      if (field === 'instanceType') return [{ ...at, ...unknownValue(GPU_INSTANCE_TYPES, field, value) }];
      if (mayHoldSecret(path)) return [secretForm(at.path, path)];
      const written = issue.code === 'invalid_key' ? path.at(-1) : value;
      return [
        {
          ...at,
          message: `${show(written)} has characters or a form that cannot be used here`,
          instead: form(path, field),
          code: 'bad-format',
        },
      ];
    }
    case 'custom':
      return [
        {
          ...at,
          message: 'an empty entry says nothing',
          instead: 'at least one field, or leave the entry out',
          code: 'missing',
        },
      ];
  }
  if (value === undefined) {
    const instead = EXAMPLES[field] ?? `"${field}": ${describe(issue)}`;
    return [
      { ...at, message: `${show(field)} is missing`, instead, code: path.length === 0 ? 'not-an-object' : 'missing' },
    ];
  }
  return [wrongType({ path: at.path, value }, describe(issue))];
}

function wrongType(at: Pick<Problem, 'path' | 'value'>, expected: string): Problem {
  return {
    path: at.path,
    value: carried(at.value),
    message: `${kind(at.value)} cannot stand here`,
    instead: expected === EXPECTED.array && !Array.isArray(at.value) ? `a list, such as [${show(at.value)}]` : expected,
    code: at.path === '' ? 'not-an-object' : 'wrong-type',
  };
}

/** Where people put a key in the place of its name: what stands there is not repeated. */
const mayHoldSecret = (path: Path): boolean =>
  path[0] === 'endpoints' && (path.includes('headersFrom') || path.at(-1) === 'url');

const secretForm = (where: string, path: Path): Problem => ({
  path: where,
  value: undefined,
  message:
    path.at(-1) === 'url'
      ? 'this is no http or https URL without a user, a password and a query'
      : 'this is no name of a header, or none of an environment variable',
  instead:
    path.at(-1) === 'url'
      ? '"http://host:8000" or "https://host/prefix"; a key goes into "headersFrom"'
      : 'the NAME of the variable that holds the value, such as {"Authorization": "MY_ENDPOINT_AUTHORIZATION"}',
  code: 'bad-format',
});

const form = (path: Path, field: string): string =>
  (path[0] === 'endpoints' && path.length === 2 ? FORMS.endpoints : undefined) ??
  (field === 'name' && path[0] === 'cluster' ? FORMS.cluster : (FORMS[field] ?? FORMS[String(path[0])])) ??
  'another form';

const describe = (issue: Issue): string =>
  issue.code === 'invalid_type' ? (EXPECTED[issue.expected] ?? issue.expected) : 'a value';

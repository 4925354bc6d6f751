import { formatPath, type Path, type Problem } from './problems.ts';
import { valueAt } from './schema-walk.ts';

/** Every object has them already: as the name of something the user has, they would be left out without a word. */
const RESERVED = ['__proto__', 'constructor'];
/** The others have no form of a label. */
const RESERVED_LABELS = ['__proto__'];

/** Where the user names things freely; anywhere else the schema knows every field. */
export function reservedNames(document: object): Problem[] {
  const endpoints = valueAt(document, ['endpoints']);
  const labels = typeof endpoints === 'object' && endpoints !== null ? Object.keys(endpoints) : [];
  const places: Path[] = [['models'], ['endpoints'], ...labels.map((label) => ['endpoints', label, 'headersFrom'])];
  return places.flatMap((path) => {
    const named = valueAt(document, path);
    if (typeof named !== 'object' || named === null) return [];
    const reserved = path.length === 1 && path[0] === 'endpoints' ? RESERVED_LABELS : RESERVED;
    return reserved
      .filter((name) => Object.hasOwn(named, name))
      .map((name) => ({
        code: 'unknown-field' as const,
        path: formatPath([...path, name]),
        value: undefined,
        message: `"${name}" can name nothing`,
        instead: INSTEAD[String(path[0])] as string,
      }));
  });
}

const INSTEAD: Readonly<Record<string, string>> = {
  models: 'a model as on the hub, such as "openai/gpt-oss-20b"',
  endpoints: 'a label such as "endpoint-rack-2", or the name of a header within one',
};

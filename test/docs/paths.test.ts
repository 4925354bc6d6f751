import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';

const files = [
  'README.md',
  ...readdirSync('docs').flatMap((name) => (name.endsWith('.md') ? [join('docs', name)] : [])),
];
const FOLDERS = /^(?:aws|bench|cli|core|docs|examples|infra|lambdas|local|queries|report|scripts|statemachines|test)\//;

it.each(files)('what %s refers to is there', (file) => {
  const text = readFileSync(file, 'utf8').replaceAll(/^ *```[\s\S]*?^ *```$/gm, '');
  const links = [...text.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].flatMap(([, to = '']) =>
    /^[a-z]+:/.test(to) ? [] : [join(dirname(file), to)],
  );
  const paths = [...text.matchAll(/`([\w./-]+)`/g)].flatMap(([, path = '']) =>
    FOLDERS.test(path) && /\/$|\.\w+$/.test(path) ? [path] : [],
  );
  expect([...links, ...paths].filter((path) => !existsSync(path))).toEqual([]);
});

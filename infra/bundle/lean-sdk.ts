import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';

const SCHEMAS = /@aws-sdk[\\/].*[\\/]schemas[\\/]schemas_\d+\.js$/;
const CONSTANT = /^const (_\w+) = ("[^"]*");$/gm;

/**
 * The SDK's clients describe all operations of a service in one module. esbuild keeps every description that has a
 * computed key, `{ [_eQ]: "x" }`, since making the key might do something; with the key written out it keeps those
 * that are used. EC2's are half a megabyte.
 */
export const leanSdk: Plugin = {
  name: 'lean-sdk',
  setup(build) {
    build.onLoad({ filter: SCHEMAS }, async ({ path }) => ({
      contents: withLiteralKeys(await readFile(path, 'utf8')),
    }));
  },
};

function withLiteralKeys(code: string): string {
  const constants = new Map([...code.matchAll(CONSTANT)].map(([, name = '', text = '']) => [name, text]));
  return code.replace(/\[(_\w+)\]:/g, (key, name: string) => {
    const text = constants.get(name);
    return text === undefined ? key : `${text}:`;
  });
}

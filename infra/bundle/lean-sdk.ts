import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Plugin } from 'esbuild';

const SCHEMAS = /@aws-sdk[\\/].*[\\/]schemas[\\/]schemas_\d+\.js$/;
const CREDENTIALS = /^@aws-sdk\/credential-provider-node$/;
const CONSTANT = /^const (_\w+) = ("[^"]*");$/gm;

/**
 * The SDK's clients describe all operations of a service in one module. esbuild keeps every description that has a
 * computed key, `{ [_eQ]: "x" }`, since making the key might do something; with the key written out it keeps those
 * that are used. EC2's are half a megabyte.
 */
export const leanSdk: Plugin = {
  name: 'lean-sdk',
  setup(build) {
    build.onResolve({ filter: CREDENTIALS }, async ({ path, resolveDir, kind, pluginData }) => {
      if (pluginData === 'resolved') return undefined;
      const found = await build.resolve(path, { resolveDir, kind, pluginData: 'resolved' });
      return { path: found.path, namespace: 'environment-credentials', sideEffects: false };
    });
    build.onLoad({ filter: /.*/, namespace: 'environment-credentials' }, ({ path }) => ({
      contents: "export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env'",
      resolveDir: dirname(path),
    }));
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

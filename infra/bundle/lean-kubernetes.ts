import { dirname, join } from 'node:path';
import type { Plugin } from 'esbuild';

/** What the client takes of undici; its index would bring caches, mocks and web sockets along. */
const TAKEN = {
  fetch: "export { fetch } from './lib/web/fetch/index.js'",
  Agent: "export { default as Agent } from './lib/dispatcher/agent.js'",
  ProxyAgent: "export { default as ProxyAgent } from './lib/dispatcher/proxy-agent.js'",
};

/** HTTP parsers that are chosen by an environment variable, or on processors without SIMD: Lambda has neither. */
const NEVER_LOADED = /undici[\\/]lib[\\/](milo[\\/](no-)?simd|llhttp[\\/]llhttp-wasm)\.js$/;

/**
 * The Kubernetes client without what no function of ours reaches: half of it is undici, and the package does not say
 * that its modules may be left out.
 */
export const leanKubernetes: Plugin = {
  name: 'lean-kubernetes',
  setup(build) {
    const asked = Symbol('resolved by us already');
    build.onResolve({ filter: /^@kubernetes\/client-node$|^\.\.?\// }, async (args) => {
      const { path, importer, resolveDir, kind, pluginData } = args;
      const ofClient = path === '@kubernetes/client-node' || /@kubernetes[\\/]client-node[\\/]/.test(importer);
      if (pluginData === asked || !ofClient) return undefined;
      return { ...(await build.resolve(path, { importer, resolveDir, kind, pluginData: asked })), sideEffects: false };
    });
    build.onResolve({ filter: /^undici$/ }, async ({ path, importer, resolveDir, kind, pluginData }) => {
      if (pluginData === asked) return undefined;
      const { path: index } = await build.resolve(path, { importer, resolveDir, kind, pluginData: asked });
      return { path: join(dirname(index), 'taken.js'), namespace: 'undici-taken', sideEffects: false };
    });
    build.onLoad({ filter: /.*/, namespace: 'undici-taken' }, ({ path }) => ({
      contents: Object.values(TAKEN).join('\n'),
      resolveDir: dirname(path),
    }));
    build.onLoad({ filter: NEVER_LOADED }, () => ({ contents: "throw new Error('left out of this bundle')" }));
  },
};

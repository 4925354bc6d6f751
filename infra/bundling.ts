import { type BundlingOptions, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import { QUERIES_FOLDER } from './named-queries.ts';

/** Of the managed runtime. */
export const NODE_TARGET = 'node24';

/** What is left of CommonJS in a bundle asks for `require`. */
const REQUIRE = "import{createRequire}from'node:module';const require=createRequire(import.meta.url);";

/**
 * One file each, of what the function really uses: `module` before `main` lets esbuild drop the rest of the SDKs,
 * which are bundled too (the runtime's copy is older, and slower to load).
 */
export const bundling = ({ bundlesQueries }: { bundlesQueries: boolean }): BundlingOptions => ({
  format: OutputFormat.ESM,
  target: NODE_TARGET,
  mainFields: ['module', 'main'],
  minify: true,
  keepNames: true,
  banner: REQUIRE,
  externalModules: [],
  ...(bundlesQueries
    ? {
        commandHooks: {
          beforeBundling: () => [],
          beforeInstall: () => [],
          afterBundling: (_input: string, output: string) => [
            `cp -R ${JSON.stringify(QUERIES_FOLDER)} ${JSON.stringify(output)}`,
          ],
        },
      }
    : {}),
});

import { join } from 'node:path';
import { type BuildOptions, type BuildResult, build } from 'esbuild';
import { PACKAGE_ROOT } from '../package-root.ts';
import { leanKubernetes } from './lean-kubernetes.ts';
import { leanSdk } from './lean-sdk.ts';

/** What is left of CommonJS in a bundle asks for `require`. */
const REQUIRE = "import{createRequire}from'node:module';const require=createRequire(import.meta.url);";

/** Of every bundle, the careless ones that bench/bundles.ts compares with too. */
export const BUNDLE_OPTIONS = {
  absWorkingDir: PACKAGE_ROOT,
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  outExtension: { '.js': '.mjs' },
  banner: { js: REQUIRE },
  logLevel: 'warning',
  metafile: true,
} as const satisfies BuildOptions;

/**
 * One file for each function, of what it really uses. `module` before `main` lets esbuild drop what is not; the SDK is
 * bundled too, since the runtime's copy is older and slower to load.
 */
export const bundle = (
  folders: readonly string[],
  outdir: string,
): Promise<BuildResult<typeof BUNDLE_OPTIONS & { metafile: true }>> =>
  build({
    ...BUNDLE_OPTIONS,
    entryPoints: folders.map((folder) => ({
      in: join(PACKAGE_ROOT, 'lambdas', folder, 'index.ts'),
      out: join(folder, 'index'),
    })),
    outdir,
    mainFields: ['module', 'main'],
    minify: true,
    legalComments: 'none',
    plugins: [leanKubernetes, leanSdk],
  });

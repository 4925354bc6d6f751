import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type BuildOptions, build, type Plugin } from 'esbuild';
import { BUNDLE_OPTIONS } from '#infra/bundle/bundle.ts';
import { PACKAGE_ROOT } from '#infra/package-root.ts';

const IMPORT = /import \{([^}]*)\} from '((?:@aws-sdk|@kubernetes)\/[^']+)';/g;

/** `import { A } from 'x'` as `import * as x`, with the whole of it in use. */
function wholeImports(code: string): string {
  let count = 0;
  return code.replace(IMPORT, (_, list: string, from: string) => {
    const names = list.split(',').flatMap((name) => (name.trim() === '' ? [] : [name.trim()]));
    const types = names.filter((name) => name.startsWith('type '));
    const values = names.filter((name) => !name.startsWith('type ')).map((name) => name.replace(' as ', ': '));
    const whole = `whole${count++}`;
    return [
      `import * as ${whole} from '${from}';`,
      `globalThis.${whole} = ${whole};`,
      ...(types.length > 0 ? [`import { ${types.join(', ')} } from '${from}';`] : []),
      `const { ${values.join(', ')} } = ${whole};`,
    ].join(' ');
  });
}

const wholes: Plugin = {
  name: 'whole-imports',
  setup(on) {
    on.onLoad({ filter: /[\\/]aws[\\/].*\.ts$/ }, async ({ path }) => {
      if (path.includes('node_modules')) return undefined;
      return { loader: 'ts', contents: wholeImports(await readFile(path, 'utf8')) };
    });
  },
};

const OPTIONS: BuildOptions = {
  ...BUNDLE_OPTIONS,
  format: 'cjs',
  banner: {},
  outExtension: { '.js': '.cjs' },
  mainFields: ['main', 'module'],
  plugins: [wholes],
};

/** The same functions as esbuild makes them when nobody asks for more: CommonJS first, not minified. */
export const bundleCarelessly = (folders: readonly string[], outdir: string) =>
  build({
    ...OPTIONS,
    entryPoints: folders.map((folder) => ({
      in: join(PACKAGE_ROOT, 'lambdas', folder, 'index.ts'),
      out: join(folder, 'index'),
    })),
    outdir,
  });

/** All clients in one module that every function imports: what each of them loads then. */
export async function bundleShared(outfile: string): Promise<void> {
  const folder = join(PACKAGE_ROOT, 'aws', 'binding');
  const files = (await readdir(folder)).filter((name) => name.endsWith('.ts'));
  const contents = files.map((name, index) => `export * as m${index} from './${name}';`).join('\n');
  await build({ ...OPTIONS, stdin: { contents, resolveDir: folder, loader: 'ts' }, outfile });
}

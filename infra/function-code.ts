import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Stack } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { FUNCTION_NAMES, FUNCTIONS, type FunctionName } from './functions.ts';
import { QUERIES_FOLDER } from './named-queries.ts';
import { PACKAGE_ROOT } from './package-root.ts';

let bundles: string | undefined;

/**
 * The code of a function. All are bundled at once, in a process of their own: constructs are made synchronously, and
 * esbuild's plugins are not. Where the CDK wants no bundles (`cdk destroy`, `cdk ls`) there is a file without code.
 */
export function functionCode(scope: Construct, name: FunctionName): Code {
  const { folder, bundlesQueries } = FUNCTIONS[name];
  if (!Stack.of(scope).bundlingRequired) return Code.fromAsset(unbundled());
  bundles ??= bundleAll();
  const code = join(bundles, folder);
  if (bundlesQueries) cpSync(QUERIES_FOLDER, join(code, 'queries'), { recursive: true });
  return Code.fromAsset(code);
}

function bundleAll(): string {
  const outdir = temporaryFolder();
  const folders = FUNCTION_NAMES.map((name) => FUNCTIONS[name].folder);
  execFileSync(process.execPath, [join(PACKAGE_ROOT, 'infra', 'bundle', 'main.ts'), outdir, ...folders], {
    stdio: 'inherit',
  });
  return outdir;
}

let placeholder: string | undefined;

function unbundled(): string {
  if (placeholder === undefined) {
    placeholder = temporaryFolder();
    mkdirSync(placeholder, { recursive: true });
    writeFileSync(join(placeholder, 'index.mjs'), '');
  }
  return placeholder;
}

/** Assets are copied into the cloud assembly when they are made: what is here is not needed beyond this process. */
function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'stepbench-functions-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

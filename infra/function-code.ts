import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Stack, Stage } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { FUNCTION_NAMES, FUNCTIONS, type FunctionName } from './functions.ts';
import { QUERIES_FOLDER } from './named-queries.ts';
import { PACKAGE_ROOT } from './package-root.ts';

/** Folders of code, each made once in a process. */
const made = new Set<string>();

/**
 * The code of a function. All are bundled at once, in a process of their own: constructs are made synchronously, and
 * esbuild's plugins are not. Where the CDK wants no bundles (`cdk destroy`, `cdk ls`) there is a file without code.
 * Both lie in the cloud assembly, beside the copies that the CDK takes of them: what a synthesis leaves is in one place.
 */
export function functionCode(scope: Construct, name: FunctionName): Code {
  const { folder, bundlesQueries } = FUNCTIONS[name];
  if (!Stack.of(scope).bundlingRequired) return Code.fromAsset(once(scope, 'no-functions', putPlaceholder));
  const code = join(once(scope, 'functions', bundleAll), folder);
  if (bundlesQueries) cpSync(QUERIES_FOLDER, join(code, 'queries'), { recursive: true });
  return Code.fromAsset(code);
}

function once(scope: Construct, name: string, make: (folder: string) => void): string {
  const assembly = Stage.of(scope)?.assetOutdir;
  if (assembly === undefined) throw new Error('A function belongs in a stack of an app: only then it has code.');
  const folder = join(assembly, name);
  // An assembly may be made anew in its place.
  if (!made.has(folder) || !existsSync(folder)) make(folder);
  made.add(folder);
  return folder;
}

function bundleAll(outdir: string): void {
  const folders = FUNCTION_NAMES.map((name) => FUNCTIONS[name].folder);
  execFileSync(process.execPath, [join(PACKAGE_ROOT, 'infra', 'bundle', 'main.ts'), outdir, ...folders], {
    stdio: 'inherit',
  });
}

function putPlaceholder(folder: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'index.mjs'), '');
}
